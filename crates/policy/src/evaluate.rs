//! The decision: which request is allowed by which policies.

use std::ops::ControlFlow;

use crate::Effect;
use crate::compiled::{CompiledStatement, Grants, Place, PolicySet};
use crate::literal::arn_parts;
use crate::request::{Principal, Request};

/// The policies that have a say in a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policies<'a> {
    /// Of the principal: its own, and of a user also those of its groups; of a federated user, those of
    /// the user that made it. Without any, nothing is allowed by them.
    pub identity: Option<&'a PolicySet>,
    /// The principal's permissions boundary.
    pub boundary: Option<&'a PolicySet>,
    /// Passed when the session was made. A federated user without any may do nothing but what policies
    /// of resources grant to it by name.
    pub session: Option<&'a PolicySet>,
    /// Of the resource; the trust policy of a role.
    pub resource: Option<&'a PolicySet>,
    /// Whether the resource's policy must allow also within the account, as that of a role or of a key
    /// ([`opens_only_by_its_policy`]) must.
    pub resource_must_allow: bool,
    /// Service control policies that bind the principal's account: a set for each level from the root
    /// down, each of which must allow.
    pub service_control: &'a [&'a PolicySet],
    /// Resource control policies that bind the resource's account, by level. Each level is taken to
    /// allow everything besides.
    pub resource_control: &'a [&'a PolicySet],
    /// Of the endpoint through which the request came.
    pub endpoint: Option<&'a PolicySet>,
}

/// A kind of policy, in the order in which refusals name them where several lack a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Resource control policies.
    ResourceControl,
    /// Service control policies.
    ServiceControl,
    /// The policy of an endpoint.
    Endpoint,
    /// The resource's policy.
    Resource,
    /// The permissions boundary.
    Boundary,
    /// Session policies.
    Session,
    /// The principal's policies.
    Identity,
}

/// Whether a request is allowed, and if not, by which kind of policy: the first in the order of
/// [`Kind`] where several say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// It is allowed.
    Allowed,
    /// Nothing of this kind allows it, and something would have to.
    ImplicitDeny(Kind),
    /// Something of this kind denies it, which wins over all that allows.
    ExplicitDeny(Kind),
}

/// Decides about a request. Nothing is allocated.
///
/// ```
/// use std::sync::Arc;
/// use keyward_policy::*;
///
/// let document = Document::parse(
///     r#"{"Version": "2012-10-17", "Statement": {
///         "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::${aws:username}/*"}}"#,
/// )?;
/// let identity = PolicySet::new([Arc::new(Compiled::new(&document))]);
/// let mut context = Context::default();
/// context.set("aws:username", "alice");
/// let alice = Principal::User {
///     account: "111122223333",
///     arn: "arn:aws:iam::111122223333:user/alice",
///     id: "",
/// };
/// let policies = Policies { identity: Some(&identity), ..Policies::default() };
///
/// let request = Request::new(alice, "s3:GetObject", "arn:aws:s3:::alice/notes", &context);
/// assert_eq!(evaluate(&request, &policies), Decision::Allowed);
/// let request = Request::new(alice, "s3:GetObject", "arn:aws:s3:::bob/notes", &context);
/// assert_eq!(evaluate(&request, &policies), Decision::ImplicitDeny(Kind::Identity));
/// # Ok::<(), SyntaxError>(())
/// ```
#[must_use]
pub fn evaluate(request: &Request<'_>, policies: &Policies<'_>) -> Decision {
    decide(request, policies, &mut Silent)
}

/// Whether a resource is one to which only its own policy opens: a key of KMS. Policies of principals
/// count where it names the account; and it must be there, and allow, for the account's root user too
/// (documented).
#[must_use]
pub fn opens_only_by_its_policy(resource: &str) -> bool {
    arn_parts(resource).is_some_and(|[first, _, service, _, _, rest]| {
        first == "arn" && service == "kms" && rest.starts_with("key/")
    })
}

/// Whoever wants to know how a decision comes about.
pub(crate) trait Recorder {
    /// Whether the decision is all that is wanted, so that what can't change it needs no look.
    const IS_SILENT: bool;

    /// A statement about the request's action was looked at.
    fn visited(&mut self, layer: Layer<'_>, visit: Visit<'_>, request: &Request<'_>);

    /// A layer was looked at as a whole.
    fn found(&mut self, layer: Layer<'_>, effect: Effect, applies: bool);
}

/// A set of policies and its role in the decision.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layer<'p> {
    pub(crate) kind: Kind,
    /// Of an organization's policies, counted from zero at the root.
    pub(crate) level: usize,
    set: &'p PolicySet,
    /// Whether the principal has a permissions boundary.
    is_bounded: bool,
}

impl Layer<'_> {
    /// Whether a statement is whole enough to allow something here: only in policies that belong to a
    /// resource or an endpoint may it leave out which resources it is about.
    fn may_allow(&self, statement: &CompiledStatement) -> bool {
        match self.kind {
            Kind::Resource | Kind::ResourceControl | Kind::Endpoint => true,
            Kind::ServiceControl | Kind::Boundary | Kind::Session | Kind::Identity => {
                statement.names_resources()
            }
        }
    }
}

/// A look at a statement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visit<'p> {
    pub(crate) place: Place,
    pub(crate) effect: Effect,
    pub(crate) statement: &'p CompiledStatement,
    pub(crate) applies: bool,
}

struct Silent;

impl Recorder for Silent {
    const IS_SILENT: bool = true;

    fn visited(&mut self, _: Layer<'_>, _: Visit<'_>, _: &Request<'_>) {}

    fn found(&mut self, _: Layer<'_>, _: Effect, _: bool) {}
}

/// The one decision, for [`evaluate`] and for [`crate::explain`].
pub(crate) fn decide<R: Recorder>(
    request: &Request<'_>,
    policies: &Policies<'_>,
    recorder: &mut R,
) -> Decision {
    // Nobody needs a permission to ask who they are, and no policy can deny it (documented).
    let is_open_to_all = request.action_bytes() == b"sts:getcalleridentity"
        && request.principal.account().is_some()
        && !request.context.is_simulated();
    if is_open_to_all {
        return Decision::Allowed;
    }
    let mut first_deny = None;
    for layer in layers(request, policies) {
        if search(layer, Effect::Deny, request, recorder).is_some() {
            first_deny = first_deny.or(Some(Decision::ExplicitDeny(layer.kind)));
            if R::IS_SILENT {
                break;
            }
        }
    }
    if R::IS_SILENT
        && let Some(decision) = first_deny
    {
        return decision;
    }
    let lacking = find_lacking(request, policies, recorder).map(Decision::ImplicitDeny);
    first_deny.or(lacking).unwrap_or(Decision::Allowed)
}

/// The first kind that would have to allow and doesn't.
fn find_lacking<R: Recorder>(
    request: &Request<'_>,
    policies: &Policies<'_>,
    recorder: &mut R,
) -> Option<Kind> {
    let of_resource = layers(request, policies).find(|layer| layer.kind == Kind::Resource);
    let grants = of_resource.and_then(|layer| search(layer, Effect::Allow, request, recorder));
    let needs = Needs::of(request, policies, grants.unwrap_or(Grants::UNNAMED));
    // These are needed also where there is no such policy.
    let mut lacking = if needs.resource {
        Some(Kind::Resource)
    } else if needs.session && needs.session_must_exist && policies.session.is_none() {
        Some(Kind::Session)
    } else if needs.identity && policies.identity.is_none() {
        Some(Kind::Identity)
    } else {
        None
    };
    for layer in layers(request, policies) {
        let is_needed = match layer.kind {
            // Of the first, each level allows everything besides; the other was asked above.
            Kind::ResourceControl | Kind::Resource => continue,
            Kind::ServiceControl | Kind::Endpoint => true,
            Kind::Identity => needs.identity,
            Kind::Boundary => needs.boundary,
            Kind::Session => needs.session,
        };
        let is_decisive = is_needed && lacking.is_none_or(|kind| layer.kind < kind);
        if R::IS_SILENT && !is_decisive {
            continue;
        }
        if search(layer, Effect::Allow, request, recorder).is_none() && is_decisive {
            lacking = Some(layer.kind);
        }
    }
    lacking
}

/// The sets that have a say, in the order of their kinds.
fn layers<'p>(
    request: &Request<'_>,
    policies: &Policies<'p>,
) -> impl Iterator<Item = Layer<'p>> + use<'p> {
    // Organizations don't bind roles that services own, and a service control policy binds the
    // principals of an account alone.
    let principal = request.principal;
    let is_service_linked = matches!(
        principal,
        Principal::RoleSession {
            is_service_linked: true,
            ..
        }
    );
    let has_account = principal.account().is_some();
    let is_root = matches!(principal, Principal::Root { .. });
    let is_limited = has_account && !is_root;
    let is_bounded = is_limited && policies.boundary.is_some();
    let levels = |kind, sets: &'p [&'p PolicySet], is_bound: bool| {
        let sets = if is_bound { sets } else { &[] };
        let layer = move |(level, set)| Layer {
            kind,
            level,
            set,
            is_bounded,
        };
        sets.iter().copied().enumerate().map(layer)
    };
    let one = |kind, set: Option<&'p PolicySet>, is_bound: bool| {
        let layer = move |set| Layer {
            kind,
            level: 0,
            set,
            is_bounded,
        };
        set.filter(|_| is_bound).map(layer)
    };
    levels(
        Kind::ResourceControl,
        policies.resource_control,
        !is_service_linked,
    )
    .chain(levels(
        Kind::ServiceControl,
        policies.service_control,
        has_account && !is_service_linked,
    ))
    .chain(one(Kind::Endpoint, policies.endpoint, true))
    .chain(one(Kind::Resource, policies.resource, true))
    .chain(one(Kind::Boundary, policies.boundary, is_limited))
    .chain(one(Kind::Session, policies.session, has_account))
    .chain(one(Kind::Identity, policies.identity, is_limited))
}

/// What the statements of an effect in a set grant; `None` if none applies.
fn search<R: Recorder>(
    layer: Layer<'_>,
    effect: Effect,
    request: &Request<'_>,
    recorder: &mut R,
) -> Option<Grants> {
    let mut granted: Option<Grants> = None;
    let _: Option<()> = layer.set.about(effect, request, |place, statement| {
        let can_apply = effect == Effect::Deny || layer.may_allow(statement);
        let grants = can_apply
            .then(|| statement.applies(effect, request, layer.is_bounded))
            .flatten();
        let applies = grants.is_some();
        recorder.visited(
            layer,
            Visit {
                place,
                effect,
                statement,
                applies,
            },
            request,
        );
        if let Some(grants) = grants {
            granted = Some(granted.unwrap_or(Grants::UNNAMED).with(grants));
        }
        // Of a resource's policy, another statement may grant more.
        let is_known = match (effect, layer.kind) {
            (Effect::Allow, Kind::Resource) => {
                granted.is_some_and(|granted| granted.direct && granted.everyone)
            }
            (Effect::Allow | Effect::Deny, _) => granted.is_some(),
        };
        if R::IS_SILENT && is_known {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    // A resource's policy allows only those whom it names.
    let granted = granted.filter(|granted| {
        effect == Effect::Deny || layer.kind != Kind::Resource || granted.is_any()
    });
    recorder.found(layer, effect, granted.is_some());
    granted
}

/// Which kinds must allow, given what the resource's policy grants.
#[derive(Debug, Clone, Copy)]
struct Needs {
    /// The resource's policy would have to allow, and doesn't.
    resource: bool,
    identity: bool,
    boundary: bool,
    session: bool,
    /// Whether there must be a session policy.
    session_must_exist: bool,
}

impl Needs {
    fn of(request: &Request<'_>, policies: &Policies<'_>, grants: Grants) -> Self {
        let all = Self {
            resource: !grants.is_any(),
            identity: true,
            boundary: true,
            session: true,
            session_must_exist: matches!(request.principal, Principal::FederatedUser { .. }),
        };
        let without_identity = Self {
            identity: false,
            ..all
        };
        let session_alone = Self {
            boundary: false,
            ..without_identity
        };
        let nothing_more = Self {
            session: false,
            ..session_alone
        };
        let is_root = matches!(request.principal, Principal::Root { .. });
        if request.principal.account().is_none() {
            return nothing_more;
        }
        // Across accounts both sides must allow, whoever is named.
        if !request.is_within_account() {
            return if is_root { session_alone } else { all };
        }
        let named = match request.principal {
            Principal::Root { .. } => session_alone,
            // Documented and measured; for trust policies and federated users (unsure).
            Principal::User { .. }
            | Principal::RoleSession { .. }
            | Principal::FederatedUser { .. }
                if grants.everyone =>
            {
                nothing_more
            }
            Principal::User { .. } if grants.direct => session_alone,
            Principal::RoleSession { .. } | Principal::FederatedUser { .. } if grants.direct => {
                nothing_more
            }
            Principal::RoleSession { .. } | Principal::FederatedUser { .. } if grants.role => {
                without_identity
            }
            Principal::User { .. }
            | Principal::RoleSession { .. }
            | Principal::FederatedUser { .. }
            | Principal::Anonymous
            | Principal::Federated { .. }
            | Principal::Service { .. } => all,
        };
        Self {
            resource: named.resource && policies.resource_must_allow,
            ..named
        }
    }
}

#[cfg(test)]
mod tests;
