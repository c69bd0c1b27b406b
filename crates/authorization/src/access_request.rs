//! What is asked of the gate: an action on a resource.

use keyward_api::{OperationId, Service};

use crate::resource::Resource;

/// One thing that a caller wants to do.
#[derive(Debug, Clone)]
pub struct AccessRequest {
    /// What is to be done.
    pub action: Action,
    /// To what.
    pub resource: Resource,
}

/// What a permission is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// An operation.
    Operation(OperationId),
    /// `iam:PassRole`: to give a role to a service. There is no operation of this name.
    PassRole,
    /// `sts:TagSession`: to give a session tags. Likewise.
    TagSession,
    /// `sts:SetSourceIdentity`: to say who is behind a session. Likewise.
    SetSourceIdentity,
    /// `sts:TagGetWebIdentityToken`: to give a token tags. Likewise.
    TagGetWebIdentityToken,
}

impl Action {
    /// As policies name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Operation(operation) => operation.action(),
            Self::PassRole => "iam:PassRole",
            Self::TagSession => "sts:TagSession",
            Self::SetSourceIdentity => "sts:SetSourceIdentity",
            Self::TagGetWebIdentityToken => "sts:TagGetWebIdentityToken",
        }
    }

    /// Whose it is.
    pub fn service(self) -> Service {
        match self {
            Self::Operation(operation) => operation.service(),
            Self::PassRole => Service::Iam,
            Self::TagSession | Self::SetSourceIdentity | Self::TagGetWebIdentityToken => {
                Service::Sts
            }
        }
    }
}

/// Access requests that must all be answered with yes: one at least, so that nobody is let through unasked.
#[derive(Debug, Clone)]
pub struct AccessRequests {
    first: AccessRequest,
    more: Vec<AccessRequest>,
}

impl AccessRequests {
    /// One question.
    #[must_use]
    pub fn new(first: AccessRequest) -> Self {
        Self {
            first,
            more: Vec::new(),
        }
    }

    /// These and one more.
    #[must_use]
    pub fn and(mut self, access_request: AccessRequest) -> Self {
        self.more.push(access_request);
        self
    }

    /// The same with another resource of the first.
    #[must_use]
    pub fn with_first(mut self, change: impl FnOnce(Resource) -> Resource) -> Self {
        self.first.resource = change(self.first.resource);
        self
    }

    /// All of them, in the order in which they are asked.
    pub fn iter(&self) -> impl Iterator<Item = &AccessRequest> {
        [&self.first].into_iter().chain(&self.more)
    }
}
