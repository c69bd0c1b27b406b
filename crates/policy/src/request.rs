//! What is asked: who wants to do what with which resource, and under which circumstances.

mod context;

pub use context::{Context, Entry, Value};
pub(crate) use context::{Found, Key};

use crate::text::{Prepared, Subject, Units};

use crate::literal::{arn_parts, is_account_id};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal<'a> {
    /// Nobody who is known.
    Anonymous,
    /// An account's root user.
    Root {
        /// The account's id.
        account: &'a str,
    },
    /// A user, also with a session of its own credentials.
    User {
        /// The account's id.
        account: &'a str,
        /// The user's ARN.
        arn: &'a str,
        /// The user's unique id, by which saved trust policies name it. Empty if there is none.
        id: &'a str,
    },
    /// A session of a role.
    RoleSession {
        /// The account's id.
        account: &'a str,
        /// The role's ARN, its path included.
        role_arn: &'a str,
        /// The role's unique id, by which saved trust policies name it. Empty if there is none.
        role_id: &'a str,
        /// The session's ARN.
        session_arn: &'a str,
        /// Whether a service owns the role. Organizations don't bind such roles.
        is_service_linked: bool,
    },
    /// A federated user, made by `GetFederationToken`. Its identity policies are those of the user that
    /// made it.
    FederatedUser {
        /// The account's id.
        account: &'a str,
        /// The federated user's ARN.
        arn: &'a str,
    },
    /// Somebody vouched for by an identity provider, before a session exists.
    Federated {
        /// The provider's ARN or host.
        provider: &'a str,
    },
    /// A service.
    Service {
        /// Its name, such as `ec2.amazonaws.com`.
        name: &'a str,
    },
}

impl<'a> Principal<'a> {
    /// The account it belongs to.
    #[must_use]
    pub fn account(&self) -> Option<&'a str> {
        match *self {
            Self::Root { account }
            | Self::User { account, .. }
            | Self::RoleSession { account, .. }
            | Self::FederatedUser { account, .. } => Some(account),
            Self::Anonymous | Self::Federated { .. } | Self::Service { .. } => None,
        }
    }
}

/// A request, made ready to be judged.
///
/// Making one allocates only if the resource has characters beyond ASCII or the action is long beyond
/// reason.
#[derive(Debug)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: Principal<'a>,
    action: Action,
    resource: &'a str,
    prepared_resource: Prepared,
    resource_account: Option<&'a str>,
    /// Under which circumstances.
    pub context: &'a Context,
}

impl<'a> Request<'a> {
    /// A request for an action (`s3:GetObject`, in any case) on a resource (an ARN, or `*` for an action
    /// that knows no resources). The resource is owned by the account that its ARN names, or else by
    /// that of the principal.
    #[must_use]
    pub fn new(
        principal: Principal<'a>,
        action: &str,
        resource: &'a str,
        context: &'a Context,
    ) -> Self {
        let named = arn_parts(resource).map(|[_, _, _, _, account, _]| account);
        Self {
            principal,
            action: Action::new(action),
            resource,
            prepared_resource: Prepared::new(resource),
            resource_account: named.filter(|account| is_account_id(account)),
            context,
        }
    }

    /// The same request where the resource's ARN doesn't say who owns it: the account with this id.
    #[must_use]
    pub fn on_resource_of(mut self, account: &'a str) -> Self {
        self.resource_account = Some(account);
        self
    }

    /// Whether principal and resource belong to the same account.
    pub(crate) fn is_within_account(&self) -> bool {
        match (self.principal.account(), self.resource_account) {
            (Some(principal), Some(resource)) => principal == resource,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    /// The action in lower case.
    pub(crate) fn action(&self) -> Units<'_> {
        match &self.action {
            Action::Short { buffer, length } => {
                Units::Ascii(buffer.get(..*length).unwrap_or_default())
            }
            Action::Long { text, prepared } => prepared.units(text),
        }
    }

    /// The action in lower case, in UTF-8.
    pub(crate) fn action_bytes(&self) -> &[u8] {
        match &self.action {
            Action::Short { buffer, length } => buffer.get(..*length).unwrap_or_default(),
            Action::Long { text, .. } => text.as_bytes(),
        }
    }

    pub(crate) fn resource(&self) -> Subject<'_> {
        Subject {
            text: self.resource,
            prepared: &self.prepared_resource,
        }
    }
}

/// Longer than any action of AWS.
const USUAL_ACTION: usize = 96;

/// An action in lower case.
#[derive(Debug)]
enum Action {
    Short {
        buffer: [u8; USUAL_ACTION],
        length: usize,
    },
    Long {
        text: Box<str>,
        prepared: Prepared,
    },
}

impl Action {
    fn new(action: &str) -> Self {
        let mut buffer = [0; USUAL_ACTION];
        if action.is_ascii()
            && let Some(used) = buffer.get_mut(..action.len())
        {
            used.copy_from_slice(action.as_bytes());
            used.make_ascii_lowercase();
            let length = action.len();
            return Self::Short { buffer, length };
        }
        let text = action.to_ascii_lowercase();
        let prepared = Prepared::new(&text);
        let text = text.into();
        Self::Long { text, prepared }
    }
}
