//! Client libraries as their users have them ask the running server: one item, a walk over pages, an error by its code.
//! `tests/clients/install` puts them where they are found.

use std::process::Command;

use graphql_client::{GraphQLQuery, Response};

use crate::kit::{Backend, Server, TestApp, cases, root, run};

/// Runs a program against a server with the example's data; what it says.
async fn asked_by(backend: Backend, interpreter: &str, program: &str, more: &[String]) -> String {
    let app = TestApp::example(backend).await;
    let server = Server::with(&app, &[]);
    let folder = root().join("tests/clients");
    assert!(
        folder.join("venv").exists() && folder.join("node_modules").exists(),
        "run: tests/clients/install"
    );
    let mut command =
        Command::new(interpreter.replace("VENV", &folder.join("venv/bin").display().to_string()));
    command.current_dir(&folder).args([program, &server.address]).args(more);
    let output = run(command);
    assert_eq!(output.code, Some(0), "{program}: {}{}", output.stdout, output.stderr);
    output.stdout
}

async fn node(program: &str) {
    asked_by(Backend::Sqlite, "node", program, &[]).await;
}

async fn python(program: &str) {
    asked_by(Backend::Sqlite, "VENV/python", program, &[]).await;
}

#[tokio::test]
async fn every_audit_of_graphql_http_passes() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        assert_eq!(asked_by(backend, "node", "audits.mjs", &[]).await.trim(), "61 of 61");
    }
}

#[tokio::test]
async fn apollo_client_asks_plainly_and_by_persisted_queries() {
    node("apollo.mjs").await;
}

#[tokio::test]
async fn urql_asks_by_post_and_by_get() {
    node("urql.mjs").await;
}

#[tokio::test]
async fn relay_compiles_its_questions_and_reads_the_answers() {
    node("relay.mjs").await;
}

#[tokio::test]
async fn types_made_by_graphql_codegen_compile() {
    node("codegen.mjs").await;
}

#[tokio::test]
async fn gql_takes_the_schema_and_the_answers() {
    python("with_gql.py").await;
}

#[tokio::test]
async fn a_client_made_by_ariadne_codegen_takes_the_answers() {
    python("with_ariadne.py").await;
}

/// Five minutes in `make soak`, else some seconds.
#[tokio::test]
async fn no_question_made_by_schemathesis_is_a_failure_of_ours() {
    let seconds = if cases(20) == 20 { 300 } else { 4 };
    let seed =
        std::env::var("MULU_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(std::process::id());
    eprintln!("schemathesis: {seconds} s, MULU_SEED={seed}");
    let more = [seconds.to_string(), seed.to_string()];
    eprint!("{}", asked_by(Backend::Sqlite, "VENV/python", "generated.py", &more).await);
}

/// Strings that are given types by the schema.
type Date = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema/schema.graphql",
    query_path = "tests/clients/questions/item.graphql",
    response_derives = "Debug"
)]
struct Item;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema/schema.graphql",
    query_path = "tests/clients/questions/page.graphql",
    response_derives = "Debug"
)]
struct Page;

/// Asks with the types that are made of the question.
fn asked<Q: GraphQLQuery>(server: &Server, variables: Q::Variables) -> Response<Q::ResponseData> {
    let question = serde_json::to_string(&Q::build_query(variables)).unwrap();
    serde_json::from_str(&server.ask(&question).body).unwrap()
}

#[tokio::test]
async fn types_made_by_graphql_client_take_the_answers() {
    let app = TestApp::example(Backend::Sqlite).await;
    let server = Server::with(&app, &[]);
    let code = "513230000000-12-0001";
    let answer = asked::<Item>(&server, item::Variables { code: code.to_owned() });
    let found = answer.data.unwrap().item.unwrap();
    assert_eq!((found.code.as_str(), found.version.effective_from.as_str()), (code, "2026-11-21"));
    assert!(answer.errors.is_none() && found.elements.is_some_and(|all| !all.is_empty()));

    let (mut codes, mut after) = (Vec::new(), None);
    loop {
        let variables = page::Variables { division: "513230".to_owned(), first: 3, after };
        let items = asked::<Page>(&server, variables).data.unwrap().items;
        codes.extend(items.edges.into_iter().map(|edge| edge.node.code));
        assert_eq!(items.page_info.has_next_page, i64::try_from(codes.len()).unwrap() < items.total_count);
        if !items.page_info.has_next_page {
            break;
        }
        after = items.page_info.end_cursor;
    }
    codes.dedup();
    assert_eq!(codes.len(), 8);

    let variables = page::Variables { division: "513230".to_owned(), first: 500, after: None };
    let errors = asked::<Page>(&server, variables).errors.unwrap();
    assert_eq!(errors[0].extensions.as_ref().unwrap()["code"], "PAGE_TOO_LARGE");
}
