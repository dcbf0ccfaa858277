//! Hints: reasons to query an order now. This is what is stored of callbacks: one row per order.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

use crate::db::Txn;
use crate::posted::Posted;
use crate::store::{StoreError, Value};

/// How many strays of one id are turned into its hint. No gateway sends more differing callbacks for one id.
const MAX_ADOPTED: i64 = 100;

/// Counts callbacks for noted orders and ignores all others. The two strings surround the rows of values. The statement
/// does not lock the order's row: a worker may hold that lock for as long as a handler runs, and a callback must not
/// wait.
// `WHERE true` is for SQLite, which would otherwise read `ON CONFLICT` as the condition of the join. The rows are
// sorted, so that two transactions lock them in the same order.
const STORE: [&str; 2] = [
    "WITH v (merchant, id, seen, digest, fields, least, most) AS (VALUES ",
    ")
INSERT INTO {hints} AS h (merchant, id, seen, first_at, last_at, digest, fields, vouched_at)
SELECT o.merchant, o.id, v.seen, {now}, {now}, v.digest, v.fields,
    CASE WHEN o.amount BETWEEN v.least AND v.most THEN {now} END
FROM v JOIN {orders} AS o ON o.merchant = v.merchant AND o.id = v.id WHERE true ORDER BY o.merchant, o.id
ON CONFLICT (merchant, id) DO UPDATE SET
    seen = h.seen + excluded.seen,
    last_at = excluded.last_at,
    vouched_at = COALESCE(h.vouched_at, excluded.vouched_at),
    differing = h.differing + CASE WHEN h.digest = excluded.digest THEN 0 ELSE excluded.seen END
RETURNING merchant, id, digest, differing",
];

const STORE_STRAY: &str = "
INSERT INTO {strays} AS s (merchant, id, seen, last_at, digest, fields) VALUES ($1, $2, $3, {now}, $4, $5)
ON CONFLICT (merchant, id, digest) DO UPDATE SET seen = s.seen + excluded.seen, last_at = excluded.last_at";

// With fewer strays than the limit, the subquery is NULL, and nothing is deleted.
const TRIM: &str = "
DELETE FROM {strays} WHERE serial <= (SELECT serial FROM {strays} ORDER BY serial DESC LIMIT 1 OFFSET $1)";

const FIND_STRAYS: &str = "
SELECT seen, digest, fields FROM {strays} WHERE merchant = $1 AND id = $2 ORDER BY serial LIMIT $3";

const REMOVE_STRAYS: &str = "DELETE FROM {strays} WHERE merchant = $1 AND id = $2";

/// An order with a callback that differs from the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tampered {
    pub(crate) merchant: String,
    pub(crate) id: String,
}

/// Stores callbacks as hints for the orders that they name. Callbacks that name no noted order are kept as strays,
/// limited to the newest `strays`. Returns the orders whose callbacks differ for the first time.
pub(crate) async fn store_hints(txn: &mut Txn, posted: &[Posted], strays: i64) -> Result<Vec<Tampered>, StoreError> {
    let counted = count_equal(posted);
    let hints: Vec<_> =
        counted.iter().flat_map(|&(posted, seen)| posted.ids.iter().map(move |id| Hint { posted, id, seen })).collect();
    let (noted, tampered) = store_all(txn, hints).await?;
    // One noted id is enough: the order of a Checkout page has an id of the gateway's own, and only the page is noted.
    let is_noted = |posted: &Posted| posted.ids.iter().any(|id| noted.contains(&(posted.merchant.clone(), id.clone())));
    let mut has_strays = false;
    for (posted, seen) in counted.into_iter().filter(|(posted, _)| !is_noted(posted)) {
        has_strays = true;
        store_stray(txn, posted, seen).await?;
    }
    // Strays have a bounded table of their own, so a flood of callbacks for unknown ids never displaces the hint of a
    // noted order.
    if has_strays {
        txn.execute(TRIM, &[strays.into()]).await?;
    }
    Ok(tampered)
}

/// Counts equal callbacks, and sorts them by merchant and id. With one order of locking, two transactions that store
/// hints for the same orders cannot deadlock. The sort is stable, so the first callback of an order remains its first.
fn count_equal(posted: &[Posted]) -> Vec<(&Posted, i64)> {
    let mut counted: Vec<(&Posted, i64)> = Vec::new();
    for posted in posted {
        // A batch is small, so a map would not be faster than this search.
        match counted.iter_mut().find(|(known, _)| *known == posted) {
            Some((_, seen)) => *seen += 1,
            None => counted.push((posted, 1)),
        }
    }
    counted.sort_by(|(a, _), (b, _)| (&a.merchant, &a.ids).cmp(&(&b.merchant, &b.ids)));
    counted
}

/// A callback, how often it arrived, and one of the orders that it names.
#[derive(Clone, Copy)]
struct Hint<'a> {
    posted: &'a Posted,
    id: &'a str,
    seen: i64,
}

impl Hint<'_> {
    fn values(&self) -> [Value; 7] {
        let Posted { merchant, digest, fields, vouches_for, .. } = self.posted;
        [
            merchant.as_str().into(),
            self.id.into(),
            self.seen.into(),
            digest.as_str().into(),
            fields.as_deref().into(),
            vouches_for.map(|vouched| vouched.least).into(),
            vouches_for.map(|vouched| vouched.most).into(),
        ]
    }
}

/// Stores hints for noted orders. Returns these orders, and those whose callbacks differ for the first time.
async fn store_all(
    txn: &mut Txn,
    mut hints: Vec<Hint<'_>>,
) -> Result<(BTreeSet<(String, String)>, Vec<Tampered>), StoreError> {
    let (mut noted, mut tampered) = (BTreeSet::new(), Vec::new());
    while !hints.is_empty() {
        // PostgreSQL rejects an upsert that changes one row twice, so a second content for the same order waits for the
        // next statement.
        let mut named = BTreeMap::new();
        let mut later = Vec::new();
        for hint in hints {
            match named.entry((hint.posted.merchant.as_str(), hint.id)) {
                Entry::Vacant(entry) => _ = entry.insert(hint),
                Entry::Occupied(_) => later.push(hint),
            }
        }
        let values: Vec<Value> = named.values().flat_map(Hint::values).collect();
        for row in txn.query(&build_statement(named.len()), &values).await? {
            let (merchant, id): (String, String) = (row.get(0)?, row.get(1)?);
            let (first, differing): (String, i64) = (row.get(2)?, row.get(3)?);
            if let Some(hint) = named.get(&(merchant.as_str(), id.as_str()))
                && first != hint.posted.digest
                // The two are equal only if no earlier callback differed, so an order is reported once.
                && differing == hint.seen
            {
                tampered.push(Tampered { merchant: merchant.clone(), id: id.clone() });
            }
            noted.insert((merchant, id));
        }
        hints = later;
    }
    Ok((noted, tampered))
}

/// Builds the statement that stores this many hints.
fn build_statement(hints: usize) -> String {
    // PostgreSQL takes the types of `VALUES` from the parameters, and a NULL parameter is a `text`.
    let row = |first: usize| {
        let [merchant, id, seen, digest, fields, least, most] = std::array::from_fn(|column| first * 7 + column + 1);
        format!(
            "(${merchant}, ${id}, CAST(${seen} AS BIGINT), ${digest}, ${fields}, CAST(${least} AS BIGINT), \
             CAST(${most} AS BIGINT))"
        )
    };
    let rows: Vec<_> = (0..hints).map(row).collect();
    STORE.join(&rows.join(", "))
}

/// Stores a callback for orders that were never noted, once for each id that it names, or without an id.
async fn store_stray(txn: &mut Txn, posted: &Posted, seen: i64) -> Result<(), StoreError> {
    let Posted { merchant, ids, digest, fields, .. } = posted;
    let unnamed = [String::new()];
    for id in if ids.is_empty() { &unnamed[..] } else { ids } {
        let values: [Value; 5] = [
            merchant.as_str().into(),
            id.as_str().into(),
            seen.into(),
            digest.as_str().into(),
            fields.as_deref().into(),
        ];
        txn.execute(STORE_STRAY, &values).await?;
    }
    tracing::debug!(merchant, "stored a callback for an order that was never noted");
    Ok(())
}

/// Turns the strays of an order into its hint. Call it in the transaction that notes the order, after inserting its
/// row.
pub(crate) async fn adopt_strays(txn: &mut Txn, merchant: &str, id: &str) -> Result<(), StoreError> {
    let strays = txn.query(FIND_STRAYS, &[merchant.into(), id.into(), MAX_ADOPTED.into()]).await?;
    for stray in &strays {
        let (seen, digest, fields) = (stray.get(0)?, stray.get(1)?, stray.get(2)?);
        // A stray is stored without the amount that its callback names, so it vouches for nothing.
        let posted = Posted { merchant: merchant.to_owned(), ids: Vec::new(), fields, digest, vouches_for: None };
        store_all(txn, vec![Hint { posted: &posted, id, seen }]).await?;
    }
    if !strays.is_empty() {
        // In the same order as when a callback is stored, hint first: otherwise the two transactions could deadlock.
        txn.execute(REMOVE_STRAYS, &[merchant.into(), id.into()]).await?;
    }
    Ok(())
}

#[cfg(test)]
#[cfg(feature = "sqlite")]
mod tests {
    use super::*;
    use crate::db::Db;
    use crate::migrate::migrate;
    use crate::posted::Vouched;
    use crate::store::sqlite::Sqlite;

    const MERCHANT: &str = "ON00004652";

    async fn shop() -> Db {
        let db = Db::new(Sqlite::memory());
        migrate(&db).await.unwrap();
        db
    }

    async fn note(txn: &mut Txn, id: &str) {
        let sql = "INSERT INTO {orders} (merchant, id, role, action, reference, amount, tracked, noted_at, state, \
                   alive_at) VALUES ($1, $2, 'order', 'active_pay', 'tea', 1999, '{}', {now}, 'open', {now})";
        txn.execute(sql, &[MERCHANT.into(), id.into()]).await.unwrap();
    }

    fn posted(ids: &[&str], content: &str) -> Posted {
        Posted {
            merchant: MERCHANT.to_owned(),
            ids: ids.iter().map(|&id| id.to_owned()).collect(),
            fields: Some(content.to_owned()),
            digest: content.to_owned(),
            vouches_for: None,
        }
    }

    /// Id, how often it was seen, the content of the first, how many differ, and whether one vouched.
    async fn hints(txn: &mut Txn) -> Vec<(String, i64, String, i64, bool)> {
        let sql = "SELECT id, seen, digest, differing, vouched_at IS NOT NULL FROM {hints} ORDER BY id";
        let rows = txn.query(sql, &[]).await.unwrap();
        let get = |row: &crate::store::Row| {
            (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap(), row.get(3).unwrap(), row.get(4).unwrap())
        };
        rows.iter().map(get).collect()
    }

    async fn strays(txn: &mut Txn) -> Vec<(String, i64, String)> {
        let rows = txn.query("SELECT id, seen, digest FROM {strays} ORDER BY serial", &[]).await.unwrap();
        rows.iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap())).collect()
    }

    fn hint(id: &str, seen: i64, first: &str, differing: i64, is_vouched: bool) -> (String, i64, String, i64, bool) {
        (id.to_owned(), seen, first.to_owned(), differing, is_vouched)
    }

    fn stray(id: &str, seen: i64, content: &str) -> (String, i64, String) {
        (id.to_owned(), seen, content.to_owned())
    }

    #[tokio::test]
    async fn a_duplicate_is_counted_in_the_same_transaction_and_in_a_later_one() {
        let db = shop().await;
        let mut txn = db.begin().await.unwrap();
        note(&mut txn, "T1").await;
        let same = [posted(&["T1"], "a"), posted(&["T1"], "a"), posted(&["T1"], "a")];
        assert_eq!(store_hints(&mut txn, &same, 9).await.unwrap(), []);
        assert_eq!(store_hints(&mut txn, &same[..1], 9).await.unwrap(), []);
        assert_eq!(hints(&mut txn).await, [hint("T1", 4, "a", 0, false)]);
        assert_eq!(strays(&mut txn).await, []);
    }

    #[tokio::test]
    async fn other_content_under_one_id_is_counted_and_told_once() {
        let db = shop().await;
        let mut txn = db.begin().await.unwrap();
        note(&mut txn, "T1").await;
        let told = [Tampered { merchant: MERCHANT.to_owned(), id: "T1".to_owned() }];
        // Within one transaction, the first stays first, whatever its content is.
        let two = [posted(&["T1"], "b"), posted(&["T1"], "a"), posted(&["T1"], "a")];
        assert_eq!(store_hints(&mut txn, &two, 9).await.unwrap(), told);
        assert_eq!(store_hints(&mut txn, &two[1..], 9).await.unwrap(), []);
        assert_eq!(hints(&mut txn).await, [hint("T1", 5, "b", 4, false)]);
    }

    #[tokio::test]
    async fn each_noted_order_that_is_named_gets_a_hint_and_the_others_none() {
        let db = shop().await;
        let mut txn = db.begin().await.unwrap();
        note(&mut txn, "page1").await;
        // The order's id is the gateway's own.
        let checkout = posted(&["16588923466014900", "page1"], "a");
        store_hints(&mut txn, &[checkout], 9).await.unwrap();
        assert_eq!(hints(&mut txn).await, [hint("page1", 1, "a", 0, false)]);
        assert_eq!(strays(&mut txn).await, []);

        let mut other = posted(&["page1"], "a");
        other.merchant = "ON00000097".to_owned();
        store_hints(&mut txn, &[other], 9).await.unwrap();
        assert_eq!(hints(&mut txn).await.len(), 1, "another merchant's order has nothing to do with this one");
        assert_eq!(strays(&mut txn).await, [stray("page1", 1, "a")]);
    }

    #[tokio::test]
    async fn a_callback_vouches_once_for_the_amount_that_was_asked() {
        let db = shop().await;
        let mut txn = db.begin().await.unwrap();
        for id in ["T1", "T2", "T3"] {
            note(&mut txn, id).await;
        }
        let vouching =
            |id: &str, least, most| Posted { vouches_for: Some(Vouched { least, most }), ..posted(&[id], "a") };
        let three = [vouching("T1", 1999, 1999), vouching("T2", 1999, 2005), vouching("T3", 1998, 1998)];
        store_hints(&mut txn, &three, 9).await.unwrap();
        assert_eq!(
            hints(&mut txn).await,
            [hint("T1", 1, "a", 0, true), hint("T2", 1, "a", 0, true), hint("T3", 1, "a", 0, false)]
        );
        txn.execute("UPDATE {hints} SET vouched_at = 7 WHERE id = 'T1'", &[]).await.unwrap();
        store_hints(&mut txn, &[vouching("T1", 1999, 1999), posted(&["T1"], "a")], 9).await.unwrap();
        let row = txn.query_first("SELECT vouched_at FROM {hints} WHERE id = 'T1'", &[]).await.unwrap().unwrap();
        assert_eq!(row.get(0), Ok(7_i64));
    }

    #[tokio::test]
    async fn only_the_newest_strays_are_kept_and_a_hint_is_never_refused() {
        let db = shop().await;
        let mut txn = db.begin().await.unwrap();
        note(&mut txn, "T1").await;
        let many: Vec<_> = (0..10).map(|n| posted(&[&format!("S{n}")], "a")).collect();
        store_hints(&mut txn, &many, 4).await.unwrap();
        let kept = ["S6", "S7", "S8", "S9"].map(|id| stray(id, 1, "a"));
        assert_eq!(strays(&mut txn).await, kept);
        // A duplicate pushes nothing out.
        store_hints(&mut txn, &[posted(&["S9"], "a"), posted(&["T1"], "a")], 4).await.unwrap();
        assert_eq!(strays(&mut txn).await.len(), 4);
        store_hints(&mut txn, &[posted(&["S9"], "b"), posted(&[], "c")], 4).await.unwrap();
        let kept = [stray("S8", 1, "a"), stray("S9", 2, "a"), stray("", 1, "c"), stray("S9", 1, "b")];
        assert_eq!(strays(&mut txn).await, kept);
        assert_eq!(hints(&mut txn).await, [hint("T1", 1, "a", 0, false)]);
    }

    #[tokio::test]
    async fn strays_of_an_order_that_is_noted_become_its_hint() {
        let db = shop().await;
        let mut txn = db.begin().await.unwrap();
        let early = [posted(&["T1"], "a"), posted(&["T1"], "a"), posted(&["T1"], "b"), posted(&["T2"], "a")];
        store_hints(&mut txn, &early, 9).await.unwrap();
        note(&mut txn, "T1").await;
        adopt_strays(&mut txn, MERCHANT, "T1").await.unwrap();
        assert_eq!(hints(&mut txn).await, [hint("T1", 3, "a", 1, false)]);
        assert_eq!(strays(&mut txn).await, [stray("T2", 1, "a")]);
        adopt_strays(&mut txn, MERCHANT, "T1").await.unwrap();
        assert_eq!(hints(&mut txn).await, [hint("T1", 3, "a", 1, false)]);
    }
}
