//! What lies below a place, on whatever day, and where catalogues are more than are held.

use mulu::{import::File, store::Reader};
use serde_json::{Value, json};

use crate::kit::{Asking, TestApp, publish};

const COUNTY: &str = "513230000000-12";
const OTHER: &str = "513231000000-12";
const TOWN: &str = "513230100000-12";
const VILLAGE: &str = "513230100201-12V";

/// Another county, and a village of a town.
const DIVISIONS: &str = "code,name,level,parent,validFrom\n513231,另一县,COUNTY,5132,\n\
                         513230100201,某村,VILLAGE,513230100,\n";
/// The town comes under the other county in June.
const MOVED: &str = "code,name,level,parent,validFrom\n513230100,壤柯镇,TOWNSHIP,513230,\n\
                     513230100,壤柯镇,TOWNSHIP,513231,2026-06-01\n";

/// A register of so many villages that it is not held whole.
fn many() -> String {
    let towns = (1..=21).map(|town| format!("513230{town:03},{town}镇,TOWNSHIP,513230,\n"));
    let villages = (1..=21).flat_map(|town| {
        (1..=999)
            .map(move |village| format!("513230{town:03}{village:03},{village}村,VILLAGE,513230{town:03},\n"))
    });
    "code,name,level,parent,validFrom\n".to_owned() + &towns.chain(villages).collect::<String>()
}

async fn divisions(app: &TestApp, text: &str) {
    app.load(vec![File { name: "divisions.csv".to_owned(), bytes: text.as_bytes().to_vec() }]).await;
}

fn codes(list: &Value) -> Vec<&str> {
    list["nodes"].as_array().unwrap().iter().map(|node| node["code"].as_str().unwrap()).collect()
}

on_both_stores! {
    async fn what_lies_below_a_place_is_told_for_each_day_and_revision(app: TestApp) {
        divisions(&app, DIVISIONS).await;
        for code in [COUNTY, OTHER, TOWN, VILLAGE] {
            publish(&app, code, "2026-01-01", 2).await;
        }
        let before = app.store.head().await.unwrap();
        divisions(&app, MOVED).await;
        let after = app.store.head().await.unwrap();
        let all = vec![COUNTY, TOWN, VILLAGE, OTHER];
        for asking in Asking::in_all_ways(&app).await {
            for (revision, day, place, expected) in [
                (before, "2026-07-01", "513230", vec![COUNTY, TOWN, VILLAGE]),
                (before, "2026-07-01", "513231", vec![OTHER]),
                (after, "2026-05-31", "513230", vec![COUNTY, TOWN, VILLAGE]),
                (after, "2026-05-31", "513231", vec![OTHER]),
                (after, "2026-06-01", "513230", vec![COUNTY]),
                (after, "2026-06-01", "513231", vec![TOWN, VILLAGE, OTHER]),
                (after, "2026-06-01", "513230100", vec![TOWN, VILLAGE]),
                (after, "2026-06-01", "513230100201", vec![VILLAGE]),
                (after, "2026-06-01", "51", all.clone()),
                (after, "2026-06-01", "100000000000", all.clone()),
                (after, "2026-06-01", "52", vec![]),
                // Nobody knew of the village and the other county yet.
                (2, "2026-06-01", "513230", vec![]),
            ] {
                let filter = format!("division: \"{place}\", includeDescendants: true");
                let question = format!("{{ at(revision: {revision}, effectiveOn: \"{day}\") {{
                    catalogues({filter}) {{ totalCount nodes {{ code }} }} items(filter: {{ {filter} }}) {{ totalCount }} }} }}");
                let answer = asking.data(&question).await["at"].take();
                assert_eq!(codes(&answer["catalogues"]), expected, "{question}");
                assert_eq!(answer["catalogues"]["totalCount"], expected.len(), "{question}");
                assert_eq!(answer["items"]["totalCount"], 2 * expected.len(), "{question}");
            }
        }
    }

    async fn a_page_takes_as_many_statements_whatever_its_length(app: TestApp) {
        let towns: String = (10..40).map(|town| format!("5132301{town},镇{town},TOWNSHIP,513230\n")).collect();
        divisions(&app, &format!("code,name,level,parent\n{towns}")).await;
        for town in 10..40 {
            publish(&app, &format!("5132301{town}000-12"), "2026-01-01", 1).await;
        }
        let mut taken = Vec::new();
        for first in [2, 30] {
            let asking = Asking::without_refs(&app).await;
            let question = format!("{{ catalogues(division: \"513230\", includeDescendants: true, first: {first}) {{
                totalCount nodes {{ code title version {{ number }} division {{ fullName }} }} }} }}");
            let before = app.store.statements();
            let answer = asking.data(&question).await;
            assert_eq!(codes(&answer["catalogues"]).len(), first);
            assert_eq!(answer["catalogues"]["totalCount"], 30);
            taken.push(app.store.statements() - before);
        }
        assert_eq!(taken[0], taken[1]);
    }

    async fn a_publish_is_seen_where_nothing_is_held(app: TestApp) {
        publish(&app, COUNTY, "2026-01-01", 2).await;
        let asking = Asking::without_refs(&app).await;
        let question = format!("{{ catalogue(code: \"{COUNTY}\") {{ version {{ number }} }} none: catalogue(code: \"{TOWN}\") {{ code }}
            items {{ totalCount }} }}");
        let answer = asking.data(&question).await;
        assert_eq!(answer, json!({ "catalogue": { "version": { "number": 1 } }, "none": null, "items": { "totalCount": 2 } }));
        publish(&app, COUNTY, "2026-02-01", 3).await;
        publish(&app, TOWN, "2026-02-01", 1).await;
        let answer = asking.data(&question).await;
        assert_eq!(answer, json!({ "catalogue": { "version": { "number": 2 } }, "none": { "code": TOWN }, "items": { "totalCount": 4 } }));
    }

    async fn a_register_that_is_not_held_is_not_read_again_and_again(app: TestApp) {
        let reader = Reader::new(app.store.clone()).await.unwrap();
        let warmed = async || {
            let before = app.store.statements();
            reader.warm().await.unwrap();
            app.store.statements() - before
        };
        assert!(warmed().await > 0);
        assert_eq!(warmed().await, 0, "all are held");
        divisions(&app, &many()).await;
        reader.refresh().await.unwrap();
        assert!(warmed().await > 0);
        assert_eq!(warmed().await, 0, "one is too large, which is known");
    }
}
