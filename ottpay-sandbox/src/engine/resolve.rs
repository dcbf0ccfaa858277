//! Finds the action of a request in the compiled specification.

use ottpay::envelope::Fields;
use ottpay::spec::{ActionInfo, Effect, FieldInfo, Gateway, Protocol, Role};
use ottpay_vocabulary::find_nearest;

use super::refusal::Refusal;
use super::request::Request;
use super::state::Engine;
use crate::line::escape;

impl Engine {
    /// Finds the action with this constant for an enveloped request to this path.
    pub(super) fn resolve_enveloped(
        &self,
        path: &str,
        constant: &str,
        fields: &Fields,
    ) -> Result<&'static ActionInfo, Refusal> {
        let gateway = self.settings.gateway;
        let named = gateway.find_actions(constant).filter(|info| info.protocol == Protocol::Envelope);
        self.find_best_fit(named.collect(), path, fields)
            .ok_or_else(|| Refusal::invalid(describe_unknown_action(gateway, constant)))
    }

    /// Finds the action for a call without an envelope to this path.
    pub(super) fn resolve_plain(&self, path: &str, fields: &Fields) -> Result<&'static ActionInfo, Refusal> {
        self.find_best_fit(self.plain_actions(path).collect(), path, fields)
            .ok_or_else(|| Refusal::invalid("no action has this path"))
    }

    /// Finds the link with this path.
    pub(crate) fn resolve_link(&self, path: &str) -> Option<&'static ActionInfo> {
        let is_link = |info: &&'static ActionInfo| info.protocol == Protocol::Link && info.path == path;
        self.settings.gateway.actions.iter().copied().find(is_link)
    }

    /// Returns whether calls to this path have no envelope.
    pub(crate) fn is_plain_path(&self, path: &str) -> bool {
        self.plain_actions(path).next().is_some()
    }

    fn plain_actions(&self, path: &str) -> impl Iterator<Item = &'static ActionInfo> {
        let is_plain =
            move |info: &&ActionInfo| matches!(info.protocol, Protocol::Json | Protocol::Sdk) && info.path == path;
        self.settings.gateway.actions.iter().copied().filter(is_plain)
    }

    /// Chooses among the actions whose fixed values all appear in the request the one with the most fixed values.
    ///
    /// If several have equally many, the path decides. Another path is not an error, because the vendor does not
    /// always document which one the gateway expects. Queries with the same call (`STATUS_QUERY` of an order and of a
    /// refund) differ only in the kind of the order, so the id decides between them.
    fn find_best_fit(
        &self,
        actions: Vec<&'static ActionInfo>,
        path: &str,
        fields: &Fields,
    ) -> Option<&'static ActionInfo> {
        let is_fixed = |field: &&FieldInfo| field.is_written() && field.constant.is_some();
        let fits = |info: &&'static ActionInfo| {
            let request = Request { info, fields };
            info.request.iter().all(|field| match (fields.text(field.name), field.constant) {
                (Some(text), Some(_)) => field.is_constant_value(text),
                (None, Some(_)) => !field.is_written() || field.may_omit || request.find_substitute(field).is_some(),
                (Some(text), None) => field.accepts_word(text),
                (None, None) => true,
            })
        };
        let has_path = |info: &&'static ActionInfo| info.path == path;
        let rank_fixed = |info: &&'static ActionInfo| {
            (info.request.iter().filter(is_fixed).count(), has_path(info), self.knows_id(Request { info, fields }))
        };
        let rank_right = |info: &&'static ActionInfo| {
            let is_right =
                |field: &&FieldInfo| fields.text(field.name).is_some_and(|text| field.is_constant_value(text));
            (info.request.iter().filter(is_right).count(), has_path(info))
        };
        // If none fits, the closest action decides which missing field the refusal names; the first one if there are
        // several.
        let fitting = actions.iter().copied().filter(fits).max_by_key(rank_fixed);
        fitting.or_else(|| actions.into_iter().rev().max_by_key(rank_right))
    }

    /// Returns whether the id in a query belongs to an order, refund or Checkout page of the right kind.
    fn knows_id(&self, request: Request<'_>) -> bool {
        // A read error is reported later, when the query is carried out.
        let found = |(role, id): (Role, String)| self.find_by_role(role, &id).ok()?;
        request.info.effect == Effect::Read && request.read_own_id().and_then(found).is_some()
    }
}

fn describe_unknown_action(gateway: &Gateway, constant: &str) -> String {
    let enveloped = gateway.actions.iter().filter(|info| info.protocol == Protocol::Envelope);
    let meant = find_nearest(constant, enveloped.map(|info| info.action));
    let meant = meant.map(|name| format!("; did you mean {name}?")).unwrap_or_default();
    format!("action: unknown action {}{meant}", escape(constant))
}
