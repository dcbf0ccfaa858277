//! Marks code that runs inside a handler, where requests must not be sent.

tokio::task_local! {
    static INSIDE: ();
}

/// Whether the caller runs inside a handler.
pub(crate) fn is_inside_handler() -> bool {
    INSIDE.try_with(|()| ()).is_ok()
}

/// Runs a future as a handler.
pub(crate) async fn inside_handler<F: Future>(handler: F) -> F::Output {
    INSIDE.scope((), handler).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_what_a_handler_awaits_is_inside_of_it() {
        assert!(!is_inside_handler());
        assert!(inside_handler(async { is_inside_handler() }).await);
        assert!(
            inside_handler(async {
                tokio::task::yield_now().await;
                is_inside_handler()
            })
            .await
        );
        assert!(!is_inside_handler());
    }
}
