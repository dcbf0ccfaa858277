//! Exchange rates to CNY, times 10^8.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ottpay::Currency;

use crate::store::Store;

/// The default rates.
const DEFAULT_RATES: [(&str, u64); 3] = [("CAD", 505_703_000), ("USD", 650_000_000), ("CNY", 100_000_000)];

/// Rates by currency.
pub(super) struct Rates {
    by_currency: Mutex<BTreeMap<String, u64>>,
    /// Held while rates are stored and then replaced here, so that both stay equal.
    changing: Mutex<()>,
}

impl Rates {
    /// Loads the default rates, overridden by those in the store.
    pub(super) fn load(store: &Store) -> rusqlite::Result<Self> {
        let mut rates: BTreeMap<_, _> = DEFAULT_RATES.map(|(currency, rate)| (currency.to_owned(), rate)).into();
        if let Some(kept) = store.setting("rates")? {
            rates.extend(serde_json::from_str::<BTreeMap<String, u64>>(&kept).unwrap_or_default());
        }
        Ok(Self { by_currency: Mutex::new(rates), changing: Mutex::default() })
    }

    /// Stores rates, and then adds or replaces them here. Returns all rates.
    pub(super) fn set(&self, new: BTreeMap<String, u64>, store: &Store) -> rusqlite::Result<BTreeMap<String, u64>> {
        let _alone = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = self.all();
        all.extend(new);
        store.set("rates", &serde_json::json!(all).to_string())?;
        self.lock().clone_from(&all);
        Ok(all)
    }

    pub(super) fn all(&self) -> BTreeMap<String, u64> {
        self.lock().clone()
    }

    /// Returns the rate of a currency.
    pub(super) fn find(&self, currency: Currency) -> Option<u64> {
        self.lock().get(currency.code()).copied()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.by_currency.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
