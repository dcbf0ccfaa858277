//! The latest items of a list, with the number of earlier ones.

use rusqlite::{Connection, Row, params};

/// The latest items of a list, earliest first.
#[derive(Debug)]
pub(crate) struct Latest<T> {
    pub(crate) items: Vec<T>,
    /// The number of items before these.
    pub(crate) earlier: usize,
}

impl<T> Latest<T> {
    /// Keeps at most `limit` of the latest items.
    pub(crate) fn truncate(&mut self, limit: usize) {
        let more = self.items.len().saturating_sub(limit);
        self.items.drain(..more);
        self.earlier += more;
    }

    pub(crate) fn map<U>(self, map: impl FnMut(T) -> U) -> Latest<U> {
        Latest { items: self.items.into_iter().map(map).collect(), earlier: self.earlier }
    }
}

/// Reads the latest rows of a table whose `column` contains this order id.
pub(super) fn read_latest<T>(
    connection: &Connection,
    table: &str,
    column: &str,
    id: &str,
    limit: u32,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Latest<T>> {
    let count = format!("SELECT count(*) FROM {table} WHERE {column} = ?1");
    let count: i64 = connection.prepare_cached(&count)?.query_row([id], |row| row.get(0))?;
    let rows = format!("SELECT * FROM {table} WHERE {column} = ?1 ORDER BY serial DESC LIMIT ?2");
    let mut statement = connection.prepare_cached(&rows)?;
    let mut items = statement.query_map(params![id, limit], read)?.collect::<Result<Vec<_>, _>>()?;
    items.reverse();
    let earlier = usize::try_from(count).unwrap_or_default().saturating_sub(items.len());
    Ok(Latest { items, earlier })
}

#[cfg(test)]
mod tests {
    use crate::store::Store;
    use crate::synchronous::Synchronous;

    #[test]
    fn unlisted_items_are_counted() {
        let store = Store::open(None, Synchronous::Normal).unwrap();
        store.add_event("T2", 0, "another order's").unwrap();
        for number in 1..=1005 {
            store.add_event("T1", number, &number.to_string()).unwrap();
        }
        let mut events = store.events("T1").unwrap();
        assert_eq!((events.items.len(), events.earlier, events.items[0].at, events.items[999].at), (1000, 5, 6, 1005));
        events.truncate(100);
        assert_eq!((events.items.len(), events.earlier, events.items[0].at), (100, 905, 906));
    }
}
