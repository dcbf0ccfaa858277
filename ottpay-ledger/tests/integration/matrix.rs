//! Every fault, with every operation, for every holder of the shop's orders, and with every answer of the gateway to an open
//! question: after each, the books of the shop and of the sandbox agree, or the order is shown as unknown.

mod alone;
mod alter;
mod buyer;
mod case;
mod compare;
mod excluded;
mod fault;
mod kept;
mod life;
mod message;
mod operation;
mod page;
mod pairs;
mod proxy;
mod reason;
mod shop;
mod taker;
mod truth;
mod way;
mod world;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ottpay_ledger::store::Store as _;
use ottpay_ledger::{Postgres, Sqlite};
use ottpay_sandbox::{Assumption, Question};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::postgres_server;
use case::{Case, Ending, Holder};
use fault::{Fault, OnWire};
use operation::Operation;
use shop::Database;

/// How many cases run at once, and how many of them on PostgreSQL, whose connections are limited.
const AT_ONCE: usize = 10;
const ON_POSTGRES: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_with_every_operation_ends_in_books_that_agree() {
    let mut cases = Vec::new();
    for (row, fault) in Fault::ALL.into_iter().enumerate() {
        for (column, operation) in Operation::ALL.into_iter().enumerate() {
            let possible =
                Holder::ALL.into_iter().filter(|holder| excluded::reason(fault, operation, *holder).is_none());
            // On PostgreSQL, which is the slowest, only every second case: they still include each fault and each
            // operation.
            let possible = possible
                .filter(|holder| *holder != Holder::Postgres || (row + column) % 2 == 0 || chosen_cases().is_some());
            cases.extend(possible.map(|holder| case_of(fault, operation, holder, Vec::new(), false)));
        }
    }
    let on_postgres: Vec<_> = cases.iter().filter(|case| case.holder == Holder::Postgres).collect();
    assert!(Fault::ALL.iter().all(|fault| on_postgres.iter().any(|case| case.fault == *fault)));
    assert!(Operation::ALL.iter().all(|operation| on_postgres.iter().any(|case| case.operation == *operation)));
    let endings = play_all(cases).await;
    for (case, ending) in &endings {
        let is_unreadable = (case.fault, case.operation) == (Fault::OnWire(OnWire::UnreadableMoney), Operation::Query);
        let expected = (is_unreadable && case.holder != Holder::Client).then_some(reason::UNREADABLE);
        assert_eq!(ending.because, expected, "{case}: {ending}");
    }
    match page::write(&endings) {
        Ok(page) if chosen_cases().is_none_or(|chosen| chosen.is_empty()) => page::compare(&page),
        Ok(_) => {}
        Err(differing) => panic!("{}", differing.join("\n")),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_pair_of_a_fault_and_an_answer_of_the_gateway_ends_in_books_that_agree() {
    let cases = pairs_of_answers();
    let all = cases.len();
    let endings = play_all(cases).await;
    let mut because: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (case, ending) in &endings {
        if let Some(reason) = ending.because {
            because.entry(reason).or_default().push(format!("{case}: {ending}"));
        }
    }
    println!("the shop cannot know: {because:#?}");
    if endings.len() == all {
        assert_eq!(because.into_keys().collect::<Vec<_>>(), reason::ALL, "each reason is the only one of a case");
    }
}

fn case_of(fault: Fault, operation: Operation, holder: Holder, assumptions: Vec<Assumption>, has_extras: bool) -> Case {
    Case { fault, operation, holder, assumptions, has_extras }
}

/// Cases in which each answer to a question meets each other answer, each fault, each operation and each holder.
fn pairs_of_answers() -> Vec<Case> {
    let questions = Question::ALL;
    let mut sizes = vec![Fault::ALL.len(), Operation::ALL.len(), Holder::ALL.len()];
    sizes.extend(questions.iter().map(|question| question.answers().len()));
    // Whether the buyer adds a tip and pays a fee.
    sizes.push(2);
    let can_be = |row: &[Option<usize>]| {
        let (Some(fault), Some(operation)) = (row[0], row[1]) else { return true };
        let possible =
            |holder: &Holder| excluded::reason(Fault::ALL[fault], Operation::ALL[operation], *holder).is_none();
        match row[2] {
            Some(holder) => possible(&Holder::ALL[holder]),
            None => Holder::ALL.iter().any(possible),
        }
    };
    // Those of the first three are all played with the default answers.
    let rows = pairs::all_pairs(&sizes, |_, b| b > 2, can_be);
    let case = |row: &Vec<usize>| {
        let chosen = questions.iter().zip(&row[3..]).filter(|(_, answer)| **answer > 0);
        let assumptions = chosen.map(|(question, answer)| question.answers()[*answer]).collect();
        case_of(Fault::ALL[row[0]], Operation::ALL[row[1]], Holder::ALL[row[2]], assumptions, row[row.len() - 1] == 1)
    };
    rows.iter().map(case).collect()
}

#[test]
fn every_pair_of_an_answer_and_anything_else_is_in_a_case() {
    let cases = pairs_of_answers();
    let has = |case: &Case, answer: &Assumption| match answer.is_default() {
        true => !case.assumptions.iter().any(|assumed| assumed.question() == answer.question()),
        false => case.assumptions.contains(answer),
    };
    for answer in Assumption::ALL {
        for fault in Fault::ALL {
            assert!(cases.iter().any(|case| case.fault == fault && has(case, answer)), "{answer:?} {fault:?}");
        }
        for operation in Operation::ALL {
            let found = cases.iter().any(|case| case.operation == operation && has(case, answer));
            assert!(found, "{answer:?} {operation:?}");
        }
        for other in Assumption::ALL.iter().filter(|other| other.question() != answer.question()) {
            assert!(cases.iter().any(|case| has(case, other) && has(case, answer)), "{answer:?} {other:?}");
        }
    }
    assert!((200..400).contains(&cases.len()), "{}", cases.len());
}

/// The variable that selects cases by a part of their names. If it is set, all cases on PostgreSQL are included.
fn chosen_cases() -> Option<String> {
    std::env::var("OTTPAY_CASES").ok()
}

/// Databases that a case has used and emptied: creating one takes longer than a case.
type Emptied = Mutex<Vec<(Arc<Postgres>, String)>>;

/// Plays many cases at once. Skips those on PostgreSQL without a server.
async fn play_all(cases: Vec<Case>) -> Vec<(Case, Ending)> {
    let has_postgres = tokio::task::spawn_blocking(|| postgres_server::shared().is_some()).await.unwrap();
    let chosen = chosen_cases().unwrap_or_default();
    let begun = Instant::now();
    let (all, on_postgres) = (Arc::new(Semaphore::new(AT_ONCE)), Arc::new(Semaphore::new(ON_POSTGRES)));
    let emptied = Arc::new(Emptied::default());
    let mut playing = JoinSet::new();
    let mut names = BTreeMap::new();
    for (number, case) in cases.into_iter().enumerate() {
        if (case.holder == Holder::Postgres && !has_postgres) || !case.to_string().contains(&chosen) {
            continue;
        }
        let (all, on_postgres, emptied) = (Arc::clone(&all), Arc::clone(&on_postgres), Arc::clone(&emptied));
        let name = case.to_string();
        let handle = playing.spawn(async move {
            let _of_postgres = match case.holder {
                Holder::Postgres => Some(on_postgres.acquire_owned().await.unwrap()),
                _ => None,
            };
            let _one = all.acquire_owned().await.unwrap();
            let begun = Instant::now();
            let ending = play(&case, number, &emptied).await;
            (number, case, ending, begun.elapsed())
        });
        names.insert(handle.id(), name);
    }
    let (mut endings, mut wrong, mut slowest) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(played) = playing.join_next_with_id().await {
        match played {
            Ok((_, (number, case, Ok(ending), took))) => {
                slowest.push((took, case.to_string()));
                endings.push((number, case, ending));
            }
            Ok((_, (_, case, Err(error), _))) => wrong.push(format!("{case}: {error}")),
            Err(error) => wrong.push(format!("{}: {error}", names[&error.id()])),
        }
    }
    slowest.sort();
    let slow: Vec<_> = slowest.iter().rev().take(3).collect();
    println!("{} cases in {:?}; the slowest: {slow:?}", endings.len() + wrong.len(), begun.elapsed());
    wrong.sort();
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), endings.len() + wrong.len(), wrong.join("\n"));
    endings.sort_by_key(|(number, ..)| *number);
    endings.into_iter().map(|(_, case, ending)| (case, ending)).collect()
}

async fn play(case: &Case, number: usize, emptied: &Emptied) -> Result<Ending, String> {
    match case.holder {
        Holder::Client => alone::play(case, number).await,
        Holder::Sqlite => {
            let database = Database { store: Arc::new(Sqlite::memory()), address: None };
            kept::play(case, number, database).await
        }
        Holder::Postgres => {
            let used = emptied.lock().unwrap().pop();
            let (store, address) = match used {
                Some(database) => database,
                None => {
                    let fresh = || postgres_server::shared().expect("it was there").fresh_database();
                    let address = tokio::task::spawn_blocking(fresh).await.unwrap();
                    (Arc::new(Postgres::connect(&address).await.unwrap()), address)
                }
            };
            let database = Database { store: Arc::clone(&store) as _, address: Some(address.clone()) };
            let ending = kept::play(case, number, database).await?;
            let mut tx = store.begin(Duration::from_secs(20)).await.unwrap();
            for sql in ["DROP SCHEMA ottpay CASCADE", "DROP TABLE shop_effects"] {
                tx.execute(sql, &[]).await.unwrap();
            }
            tx.commit().await.unwrap();
            emptied.lock().unwrap().push((store, address));
            Ok(ending)
        }
    }
}
