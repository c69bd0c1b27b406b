//! What an operation answers when it does not do what was asked, and every text of it.
//!
//! The wording is part of the API: clients match it. Texts that nobody has seen AWS send are marked
//! (unsure) and may be changed freely; all others are to the letter.

mod credentials;
mod federation;
mod identity_providers;
mod policies;
mod requests;
mod roles;
mod sessions;
mod simulation;
mod users;

use std::fmt;
use std::sync::Arc;

use keyward_account::Claim;
use keyward_api::{FaultCode, InputError, OperationId};
use keyward_policy::Kind;

use crate::reason::Reason;
pub use crate::reason::{ContextEntry, Denial, DeniedRequest, JudgedPolicy};

pub use self::credentials::*;
pub use self::federation::*;
pub use self::identity_providers::*;
pub use self::policies::*;
pub use self::requests::*;
pub use self::roles::*;
pub use self::sessions::*;
pub use self::simulation::*;
pub use self::users::*;

/// A refusal that the caller sees: a code and, mostly, a message. An internal fault also has a
/// cause, which only the log sees.
#[derive(Debug, Clone)]
pub struct Fault {
    code: FaultCode,
    message: Option<String>,
    reason: Option<Reason>,
    cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Fault {
    fn new(code: FaultCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: Some(message.into()),
            reason: None,
            cause: None,
        }
    }

    /// Where the gate denies, the message of another fault, which tells less. Why is still there for the
    /// operator.
    #[must_use]
    pub fn if_denied_told_as(self, other: impl FnOnce() -> Self) -> Self {
        match &self.reason {
            Some(Reason::NotAllowed(_)) => Self {
                reason: self.reason,
                ..other()
            },
            Some(_) | None => self,
        }
    }

    /// The same fault with why it is due, for those who act on it.
    fn because(self, reason: Reason) -> Self {
        Self {
            reason: Some(reason),
            ..self
        }
    }

    /// A failure of ours. The caller learns nothing but that it happened.
    pub fn internal(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self {
            code: FaultCode::InternalFailure,
            message: None,
            reason: None,
            cause: Some(Arc::new(cause)),
        }
    }

    /// An internal fault under the code that IAM's model has for it.
    #[must_use]
    pub fn told_as_service_failure(self) -> Self {
        Self {
            code: FaultCode::ServiceFailure,
            ..self
        }
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> FaultCode {
        self.code
    }

    /// The message, where there is one.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Why it is due, where somebody acts on more than the code.
    #[must_use]
    pub fn reason(&self) -> Option<&Reason> {
        self.reason.as_ref()
    }

    /// What went wrong on our side, for the log alone.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync)> {
        self.cause.as_deref()
    }

    /// The same fault with its cause, for the log.
    #[must_use]
    pub fn caused_by(self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self {
            cause: Some(Arc::new(cause)),
            ..self
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}: {}",
            self.code.code(),
            self.message().unwrap_or("(no message)")
        )
    }
}

impl From<InputError> for Fault {
    fn from(error: InputError) -> Self {
        let fault = Self::new(error.code(), error.message());
        match error {
            InputError::Malformed(_) => fault,
            InputError::Constraint { members, .. } => {
                fault.because(Reason::Constraints { members })
            }
        }
    }
}

/// The operation exists at AWS and not yet here.
#[must_use]
pub fn not_implemented(operation: OperationId) -> Fault {
    Fault::new(
        FaultCode::NotImplemented,
        format!("{} is not implemented yet.", operation.name()),
    )
}

/// A member of an operation exists at AWS and does nothing here yet, so it is refused.
#[must_use]
pub fn member_not_implemented(operation: OperationId, member: &str) -> Fault {
    Fault::new(
        FaultCode::NotImplemented,
        format!("{} with {member} is not implemented yet.", operation.name()),
    )
}

/// The store is away, or a change did not become durable.
#[must_use]
pub fn service_unavailable() -> Fault {
    Fault::new(FaultCode::ServiceUnavailable, "Service Unavailable")
}

/// More is asked at once than is queued.
#[must_use]
pub fn throttling() -> Fault {
    Fault::new(FaultCode::Throttling, "Rate exceeded")
}

/// The key that signed is unknown, inactive or deleted.
#[must_use]
pub fn invalid_client_token_id() -> Fault {
    Fault::new(
        FaultCode::InvalidClientTokenId,
        "The security token included in the request is invalid.",
    )
}

/// The caller may not do what it asks. `resource` is what the message calls the resource. A denial by a
/// managed policy tells its ARN, one by an inline policy tells nothing more (unsure).
#[must_use]
pub fn access_denied(resource: &str, denied: DeniedRequest) -> Fault {
    let DeniedRequest {
        caller_arn, action, ..
    } = &denied;
    let reason = match denied.denial {
        Denial::NothingAllows(kind) => {
            format!("because no {} allows the {action} action", kind_name(kind))
        }
        Denial::Denied(kind) => {
            let article = match kind {
                Kind::Identity => "an",
                Kind::Boundary
                | Kind::Session
                | Kind::Resource
                | Kind::ServiceControl
                | Kind::ResourceControl
                | Kind::Endpoint => "a",
            };
            let policy = denied
                .policies
                .iter()
                .filter(|policy| policy.kind == kind && policy.denies)
                .find_map(|policy| policy.arn.as_deref());
            let (before, arn) = policy.map_or(("", ""), |arn| (": ", arn));
            format!(
                "with an explicit deny in {article} {}{before}{arn}",
                kind_name(kind)
            )
        }
    };
    Fault::new(
        FaultCode::AccessDenied,
        format!(
            "User: {caller_arn} is not authorized to perform: {action} on resource: {resource} \
             {reason}"
        ),
    )
    .because(Reason::NotAllowed(Box::new(denied)))
}

/// A kind of policy as refusals name it.
#[must_use]
pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Identity => "identity-based policy",
        Kind::Boundary => "permissions boundary",
        Kind::Session => "session policy",
        Kind::Resource => "resource-based policy",
        Kind::ServiceControl => "service control policy",
        Kind::ResourceControl => "resource control policy",
        Kind::Endpoint => "VPC endpoint policy",
    }
}

/// The caller has no user name to be inferred.
#[must_use]
pub fn must_specify_user_name() -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        "Must specify userName when calling with non-User credentials",
    )
}

/// A marker that no page gave out.
#[must_use]
pub fn invalid_marker() -> Fault {
    Fault::new(FaultCode::ValidationError, "Invalid Marker.")
}

/// A quota is used up.
#[must_use]
pub fn quota_exceeded(name: &str, limit: usize) -> Fault {
    Fault::new(
        FaultCode::LimitExceeded,
        format!("Cannot exceed quota for {name}: {limit}"),
    )
}

/// A name that another account has already taken.
#[must_use]
pub fn taken(claim: &Claim) -> Fault {
    match claim {
        Claim::AccountId(id) => Fault::new(
            FaultCode::EntityAlreadyExists,
            format!("Account {id} already exists."),
        ),
        Claim::Alias(alias) => Fault::new(
            FaultCode::EntityAlreadyExists,
            format!("The account alias {alias} already exists."),
        ),
        Claim::RootEmail(email) => Fault::new(
            FaultCode::EntityAlreadyExists,
            format!("The e-mail address {email} is that of another account's root user."),
        ),
        // A random UUID: that two are the same is not to be expected, and no operation tells of it.
        Claim::TokenIssuer(label) => Fault::new(
            FaultCode::EntityAlreadyExists,
            format!("The issuer {label} is that of another account."),
        ),
    }
}

/// The account does not have this alias.
#[must_use]
pub fn no_such_alias(alias: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("The account alias {alias} cannot be found."),
    )
}
