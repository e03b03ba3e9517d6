//! One question at five scopes, three levels deep, and answers in the order of the question.

use mulu::{catalogue::text::Text, import::File, store::Withdrawal};

use crate::kit::{Asking, publish};

const CODE: &str = "513230000000-12";

/// Every level answers under the scope: what is in force, the state of each version, the name of a unit.
const QUESTION: &str = "{
  platform { revision }
  catalogue(code: \"513230000000-12\") {
    version {
      number
      state
      items { totalCount nodes { code content { text } responsibleUnits { text unit { name formerNames } } version { state } } }
    }
    versions { nodes { number state effectiveFrom catalogue { version { number } } } }
    division { name units { nodes { name } } catalogues { nodes { version { itemCount } } } }
  }
  items(filter: { division: \"51\", includeDescendants: true }) { totalCount facets { units { unit { name } text count } } }
}";

on_both_stores! {
    async fn one_question_at_five_scopes(app: TestApp) {
        let beginning = app.store.head().await.unwrap();
        publish(&app, CODE, "2026-01-01", 1).await;
        let first = app.store.head().await.unwrap();
        publish(&app, CODE, "2026-12-01", 2).await;
        let renamed = "code,division,name,formerNames,validFrom\n513230000000-U001,513230,\u{53bf}\u{6587}\u{5316}\u{5c40},,\n513230000000-U001,513230,\u{53bf}\u{6587}\u{5316}\u{548c}\u{65c5}\u{6e38}\u{5c40},\u{53bf}\u{6587}\u{5316}\u{5c40},2026-12-01\n";
        app.load(vec![File { name: "units.csv".to_owned(), bytes: renamed.as_bytes().to_vec() }]).await;
        let second = app.store.head().await.unwrap();
        let from = "2026-12-15".parse().unwrap();
        let withdrawal = Withdrawal { catalogue: CODE.parse().unwrap(), number: 2, from, reason: Text::new("\u{8bef}\u{53d1}") };
        app.store.withdraw(withdrawal).await.unwrap();
        let last = app.store.head().await.unwrap();
        let scopes = [
            ("before it was published", beginning, "2026-11-21"),
            ("when it was published", first, "2026-11-21"),
            ("the second published, before its effect", second, "2026-11-30"),
            ("after the second took effect", second, "2026-12-20"),
            ("after the second was withdrawn", last, "2026-12-20"),
        ];
        let mut answers = String::new();
        for asking in Asking::in_all_ways(&app).await {
            let mut said = String::new();
            for (when, revision, day) in scopes {
                let question = format!("{{ at(revision: {revision}, effectiveOn: \"{day}\") {QUESTION} }}");
                let answer: serde_json::Value = serde_json::from_str(&asking.text(&question).await).unwrap();
                said += &format!("{when}: revision {revision}, {day}\n{:#}\n\n", answer);
            }
            assert!(answers.is_empty() || answers == said, "all ways of reading agree");
            answers = said;
        }
        insta::assert_snapshot!("one_question_at_five_scopes", answers);
    }

    async fn answers_are_in_the_order_of_the_question(app: TestApp) {
        publish(&app, CODE, "2026-01-01", 1).await;
        let asking = Asking::new(&app).await;
        let question = "query { items { nodes { name relation ...Rest code again: names ... on Item { digest domain { name code } } } }
            } fragment Rest on Item { domain { nameEn } division { name } position }";
        let cold = asking.text(question).await;
        let places: Vec<usize> = ["name\":\"", "relation", "domain", "nameEn", "\"name\":\"\u{516c}", "\"code\":\"12\"", "division", "position", "\"code\":\"513", "again", "digest"]
            .map(|key| cold.find(key).unwrap_or_else(|| panic!("{key}: {cold}"))).to_vec();
        assert!(places.is_sorted(), "{cold}");
        for _ in 0..5 {
            assert_eq!(asking.text(question).await, cold);
        }
    }
}
