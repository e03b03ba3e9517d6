//! How fast reads are, as ratios against two things in the same run: a bare handler that returns the same bytes from
//! memory, and the same data by one statement written by hand. Absolute times say more about the machine.
//!
//! `make bench` prints a table and writes `reads-S.json` and `reads-M.json` beside the databases, which are made once.
//! Arguments after `--`: `--scale S`, `--only item,list`, and `--quick` for a tenth of the requests.

mod clients;
mod database;
mod generate;
mod operations;
mod report;
mod servers;
mod stand_in;

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, Result, bail};

use self::{
    clients::{Connection, Request, ask_all, request},
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

struct Arguments {
    scales: Vec<Scale>,
    only: Vec<&'static str>,
    divided_by: usize,
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("--stand-in") {
        let mut path = || arguments.next().map(PathBuf::from).context("a path");
        let (database, answers) = (path()?, path()?);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        return runtime.block_on(stand_in::serve(&database, &answers));
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
    let mut asked = Arguments { scales: vec![Scale::S, Scale::M], only: NAMES.to_vec(), divided_by: 1 };
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--bench" => {}
            "--quick" => asked.divided_by = 10,
            "--scale" => {
                let name = given.next().context("--scale S or M")?;
                asked.scales.retain(|scale| scale.name == name);
            }
            "--only" => {
                let names = given.next().context("--only item,list")?;
                asked.only.retain(|name| names.split(',').any(|wanted| wanted == *name));
            }
            other => {
                bail!("`{other}` is not known: --scale S|M, --only item,list,deep,board,counts, --quick")
            }
        }
    }
    Ok(asked)
}

async fn run(scale: Scale, asked: &Arguments) -> Result<()> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("reads");
    let answers = folder.join(format!("answers-{}", scale.name));
    std::fs::create_dir_all(&answers)?;
    let database = database::made(scale, &folder).await?;
    let mulu = Server::mulu(&database)?;
    let mut report = Report::new(scale.name);
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
    for operation in &operations {
        // One that has nothing in memory, not even of the other operations.
        let fresh = Server::mulu(&database)?;
        let requests = to_mulu(operation, 0, (FIRST_TOUCH / asked.divided_by).min(operation.many()));
        let figures = measured(&fresh, &requests, 1).await?;
        report.add(operation.name, 1, "first touch", figures);
    }
    let pages = operations::sweep(scale, &mut connection).await?;
    println!("{}: all items were asked for on {pages} pages", scale.name);
    let others = Server::stand_in(&database, &answers)?;
    for operation in &operations {
        let mut begun = 0;
        for (clients, many) in ROUNDS {
            let turns = (many / asked.divided_by).div_ceil(TURN);
            let turn = (many / asked.divided_by).min(TURN);
            let mut seen = [Figures::default(); 4];
            for number in 0..turns {
                let from = begun + number * turn;
                let requests = to_mulu(operation, from, turn);
                seen[0] += measured(&mulu, &requests, clients).await?;
                let bare = vec![request(&format!("/bare/{}", operation.name), &operation.body(from)); turn];
                seen[2] += measured(&others, &bare, clients).await?;
                let path = format!("/sql/{}", operation.name);
                let sql = (from..from + turn).map(|number| request(&path, &operation.parameters(number)));
                seen[3] += measured(&others, &sql.collect::<Vec<_>>(), clients).await?;
                seen[1] += measured(&mulu, &requests, clients).await?;
            }
            begun += turns * turn;
            for (what, figures) in ["first", "second", "bare", "SQL"].into_iter().zip(seen) {
                report.add(operation.name, clients, what, figures);
            }
        }
    }
    report.memory(&mulu);
    report.print();
    let file = folder.join(format!("reads-{}.json", scale.name));
    std::fs::write(&file, report.json())?;
    println!("{}", file.display());
    Ok(())
}

fn to_mulu(operation: &Operation, from: usize, many: usize) -> Vec<Request> {
    (from..from + many).map(|number| request("/graphql", &operation.body(number))).collect()
}

async fn measured(server: &Server, requests: &[Request], clients: usize) -> Result<Figures> {
    let before = server.cpu();
    let seen = ask_all(server.address, Arc::from(requests), clients).await?;
    Ok(Figures::new(requests.len(), server.cpu() - before, seen))
}
