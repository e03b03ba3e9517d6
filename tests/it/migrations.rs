//! Every migration goes up, down and up again; several processes may migrate at once.

use crate::kit::{Backend, TestApp};

async fn tables(app: &TestApp) -> Vec<String> {
    let question = match app.database.backend {
        Backend::Sqlite => {
            "SELECT type || ' ' || name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1"
        }
        Backend::Postgres => {
            "SELECT relkind::text || ' ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
             UNION ALL SELECT 'f ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
             UNION ALL SELECT 't ' || tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
        }
    };
    app.database.texts(question).await
}

on_both_stores! {
    async fn up_down_and_up_again_gives_the_same_tables(app: TestApp) {
        let made = tables(&app).await;
        assert!(made.len() > 20, "{made:?}");
        app.store.migrate_down(5).await.unwrap();
        let left = tables(&app).await;
        assert!(left.iter().all(|name| name.contains("seaql_migrations") || name.contains("autoindex")), "{left:?}");
        app.store.migrate("test.example/log").await.unwrap();
        assert_eq!(tables(&app).await, made);
        app.store.verify(|_, _| {}).await.unwrap();
    }

    async fn dropped_projections_are_filled_from_the_log(app: TestApp) {
        let before = app.database.dump().await;
        app.store.migrate_down(4).await.unwrap();
        app.store.migrate("test.example/log").await.unwrap();
        app.store.rebuild(|_, _| {}).await.unwrap();
        assert_eq!(app.database.dump().await, before);
    }
}

#[tokio::test]
async fn processes_that_migrate_at_once_make_one_log() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let app = TestApp::empty(backend).await;
        let children: Vec<_> = (0..4)
            .map(|_| app.command(&["migrate"]).stdout(std::process::Stdio::null()).spawn().unwrap())
            .collect();
        for mut child in children {
            assert!(child.wait().unwrap().success(), "{backend:?}");
        }
        assert_eq!(app.store.head().await.unwrap(), 1);
    }
}
