//! How fast reads are, as ratios against two things in the same run: a bare handler that returns the same bytes from
//! memory, and the same data by one statement written by hand. Absolute times say more about the machine.
//!
//! `make bench` prints a table and writes `reads-S.json` and `reads-M.json` beside the databases, which are made once.
//! Arguments after `--`: `--scale S`, `--only item,list`, `--postgres URL` for a server that is there for this alone, and
//! `--quick` for a tenth of the requests.

mod clients;
mod database;
mod elsewhere;
mod generate;
mod operations;
mod report;
mod servers;
mod stand_in;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail};

use self::{
    clients::{Connection, Request, ask_all, request, revalidation},
    elsewhere::Publisher,
    generate::Scale,
    operations::{NAMES, Operation},
    report::{Figures, Report},
    servers::Server,
};

/// How many requests are measured, and by how many clients at a time. They are asked by turns of `TURN`.
const ROUNDS: [(usize, usize); 3] = [(16, 8_000), (1, 1_000), (64, 3_000)];
const TURN: usize = 1_000;
/// How many requests a server is asked that has nothing in memory yet.
const FIRST_TOUCH: usize = 300;
/// How many requests of all kinds are asked before the memory is looked at, and by how many clients.
const MANY: usize = 1_000_000;
const MANY_CLIENTS: usize = 16;

struct Arguments {
    scales: Vec<Scale>,
    only: Vec<&'static str>,
    divided_by: usize,
    postgres: Option<String>,
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("--stand-in") {
        let (database, answers) = (arguments.next().context("a URL")?, arguments.next().context("a path")?);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        return runtime.block_on(stand_in::serve(&database, Path::new(&answers)));
    }
    let asked = asked(std::env::args().skip(1))?;
    // What is measured has the machine, but for one thread that asks.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        for scale in &asked.scales {
            run(*scale, &asked).await?;
        }
        Ok(())
    })
}

fn asked(mut given: impl Iterator<Item = String>) -> Result<Arguments> {
    let mut asked =
        Arguments { scales: vec![Scale::S, Scale::M], only: NAMES.to_vec(), divided_by: 1, postgres: None };
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--bench" => {}
            "--quick" => asked.divided_by = 10,
            "--postgres" => asked.postgres = Some(given.next().context("--postgres URL")?),
            "--scale" => {
                let name = given.next().context("--scale S or M")?;
                asked.scales.retain(|scale| scale.name == name);
            }
            "--only" => {
                let names = given.next().context("--only item,list")?;
                asked.only.retain(|name| names.split(',').any(|wanted| wanted == *name));
            }
            other => {
                bail!(
                    "`{other}` is not known: --scale S|M, --only item,list,deep,board,counts, --postgres URL, --quick"
                )
            }
        }
    }
    Ok(asked)
}

async fn run(scale: Scale, asked: &Arguments) -> Result<()> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("reads");
    let answers = folder.join(format!("answers-{}", scale.name));
    std::fs::create_dir_all(&answers)?;
    let database = match &asked.postgres {
        Some(server) => database::of_server(scale, server).await?,
        None => database::copied(scale, &folder).await?,
    };
    let mulu = Server::mulu(&database)?;
    let mut report = Report::new(if database.is_postgres() { "PostgreSQL" } else { "SQLite" }, scale.name);
    report.ready(&mulu);
    let mut connection = Connection::open(mulu.address).await?;
    let mut operations = Vec::new();
    for name in NAMES {
        let operation = operations::of(name, scale, &mut connection).await?;
        let answer = connection.ask(&request("/graphql", &operation.body(0))).await?;
        std::fs::write(answers.join(format!("{name}.json")), answer)?;
        report.bytes(name, answer.len());
        operations.extend(Some(operation).filter(|operation| asked.only.contains(&operation.name)));
    }
    let others = Server::stand_in(&database, &answers)?;
    for operation in &operations {
        let many = (FIRST_TOUCH / asked.divided_by).min(operation.many());
        // One that has nothing in memory, not even of the other operations.
        let fresh = Server::executing(&database)?;
        report.add(operation.name, 1, "touch", measured(&fresh, &to_mulu(operation, 0, many), 1).await?);
        let fresh = Server::stand_in(&database, &answers)?;
        report.add(operation.name, 1, "touch SQL", measured(&fresh, &to_sql(operation, 0, many), 1).await?);
    }
    let bench = Bench { divided_by: asked.divided_by, others: &others };
    bench.cold(&operations, &Server::executing(&database)?, scale, &mut report).await?;
    bench.hot(&operations, &mulu, "", &mut report).await?;
    let publisher = Publisher::start(&database);
    bench.hot(&operations, &mulu, " beside", &mut report).await?;
    report.publishing(publisher.stop()?);
    bench.many(&operations, &mulu).await?;
    report.memory(&mulu);
    report.print();
    let file = folder.join(format!("reads-{}.json", report.name()));
    std::fs::write(&file, report.json())?;
    println!("{}", file.display());
    Ok(())
}

/// What is measured, each in turn with a bare handler.
struct Bench<'a> {
    divided_by: usize,
    others: &'a Server,
}

impl Bench<'_> {
    /// Questions that were never asked before, by a server that keeps no answers.
    async fn cold(
        &self,
        operations: &[Operation],
        mulu: &Server,
        scale: Scale,
        report: &mut Report,
    ) -> Result<()> {
        let pages = operations::sweep(scale, &mut Connection::open(mulu.address).await?).await?;
        println!("{}: all items were asked for on {pages} pages", scale.name);
        for operation in operations {
            let mut begun = 0;
            for (clients, many) in ROUNDS {
                let (turns, turn) = self.turns(many);
                let mut seen = [Figures::default(); 4];
                for number in 0..turns {
                    let from = begun + number * turn;
                    let requests = to_mulu(operation, from, turn);
                    seen[0] += measured(mulu, &requests, clients).await?;
                    seen[2] += self.bare(operation, turn, clients).await?;
                    seen[3] += measured(self.others, &to_sql(operation, from, turn), clients).await?;
                    seen[1] += measured(mulu, &requests, clients).await?;
                }
                begun += turns * turn;
                for (what, figures) in ["first", "second", "bare", "SQL"].into_iter().zip(seen) {
                    report.add(operation.name, clients, what, figures);
                }
            }
        }
        Ok(())
    }

    /// One question again and again, by a server that keeps answers; and whether its answer is still the same.
    async fn hot(
        &self,
        operations: &[Operation],
        mulu: &Server,
        when: &str,
        report: &mut Report,
    ) -> Result<()> {
        for operation in operations {
            let link = operation.link(0);
            let tag = Connection::open(mulu.address).await?.tag(&revalidation(&link, None)).await?;
            for (clients, many) in ROUNDS {
                let (turns, turn) = self.turns(many);
                let kept = vec![request("/graphql", &operation.body(0)); turn];
                let unchanged = vec![revalidation(&link, Some(&tag)); turn];
                let mut seen = [Figures::default(); 3];
                for _ in 0..turns {
                    seen[0] += measured(mulu, &kept, clients).await?;
                    seen[1] += measured(mulu, &unchanged, clients).await?;
                    seen[2] += self.bare(operation, turn, clients).await?;
                }
                for (what, figures) in ["kept", "304", "bare kept"].into_iter().zip(seen) {
                    report.add(operation.name, clients, &format!("{what}{when}"), figures);
                }
            }
        }
        Ok(())
    }

    /// Very many questions of all kinds, of which most are asked again at some time.
    async fn many(&self, operations: &[Operation], mulu: &Server) -> Result<()> {
        let (turns, turn) = (MANY / self.divided_by / TURN, TURN / operations.len().max(1));
        for number in 0..turns {
            let some = operations.iter().flat_map(|operation| to_mulu(operation, number * turn, turn));
            measured(mulu, &some.collect::<Vec<_>>(), MANY_CLIENTS).await?;
        }
        Ok(())
    }

    async fn bare(&self, operation: &Operation, many: usize, clients: usize) -> Result<Figures> {
        let bare = vec![request(&format!("/bare/{}", operation.name), &operation.body(0)); many];
        measured(self.others, &bare, clients).await
    }

    /// How many turns there are, of how many requests each.
    fn turns(&self, many: usize) -> (usize, usize) {
        let many = many / self.divided_by;
        (many.div_ceil(TURN), many.min(TURN))
    }
}

fn to_mulu(operation: &Operation, from: usize, many: usize) -> Vec<Request> {
    (from..from + many).map(|number| request("/graphql", &operation.body(number))).collect()
}

fn to_sql(operation: &Operation, from: usize, many: usize) -> Vec<Request> {
    let path = format!("/sql/{}", operation.name);
    (from..from + many).map(|number| request(&path, &operation.parameters(number))).collect()
}

async fn measured(server: &Server, requests: &[Request], clients: usize) -> Result<Figures> {
    let before = server.cpu();
    let seen = ask_all(server.address, Arc::from(requests), clients).await?;
    Ok(Figures::new(requests.len(), server.cpu() - before, seen))
}
