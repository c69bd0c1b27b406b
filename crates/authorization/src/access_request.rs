//! What the gate judges: an action on a resource.

use std::borrow::Cow;

use keyward_api::{OperationId, Service};
use keyward_names::AccountId;

use crate::resource::Resource;

/// One thing that a caller wants to do.
#[derive(Debug, Clone)]
pub struct AccessRequest {
    /// The action.
    pub action: Action,
    /// The resource that it is done to.
    pub resource: Resource,
}

impl AccessRequest {
    /// What a refusal calls the resource: what was asked for, not what was found, so that it tells
    /// nobody more than they know. Operations of IAM on one user, group, role, instance profile or
    /// managed policy tell its name; all else is told by the ARN (seen at AWS; instance profiles:
    /// unsure).
    pub(crate) fn told_resource(&self, account: AccountId) -> Cow<'_, str> {
        let is_of_iam = matches!(self.action, Action::Operation(operation) if operation.service() == Service::Iam);
        // Recorded with the ARN, in 2026.
        let by_arn = self.action == Action::Operation(OperationId::IamPutRolePermissionsBoundary);
        let arn = || Cow::Borrowed(self.resource.arn());
        match self.resource.asked_for() {
            Some(asked_for) if by_arn => asked_for
                .arn_without_path(account)
                .map_or_else(arn, Cow::Owned),
            Some(asked_for) if is_of_iam => Cow::Owned(asked_for.to_string()),
            Some(_) | None => arn(),
        }
    }
}

/// What a permission is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// An operation.
    Operation(OperationId),
    /// `iam:PassRole`: to give a role to a service. There is no operation of this name.
    PassRole,
    /// `sts:TagSession`: to give a session tags. There is no operation of this name.
    TagSession,
    /// `sts:SetSourceIdentity`: to say who is behind a session. There is no operation of this name.
    SetSourceIdentity,
    /// `sts:TagGetWebIdentityToken`: to give a token tags. There is no operation of this name.
    TagGetWebIdentityToken,
}

impl Action {
    /// The action as policies write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Operation(operation) => operation.action(),
            Self::PassRole => "iam:PassRole",
            Self::TagSession => "sts:TagSession",
            Self::SetSourceIdentity => "sts:SetSourceIdentity",
            Self::TagGetWebIdentityToken => "sts:TagGetWebIdentityToken",
        }
    }

    /// The service that the action belongs to.
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

/// Access requests that must all be allowed. There is at least one, so that nothing is allowed
/// because no question was asked.
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

    /// The same questions with another resource in the first.
    #[must_use]
    pub fn with_first(mut self, change: impl FnOnce(Resource) -> Resource) -> Self {
        self.first.resource = change(self.first.resource);
        self
    }

    /// All of them, in the order in which they are judged.
    pub fn iter(&self) -> impl Iterator<Item = &AccessRequest> {
        [&self.first].into_iter().chain(&self.more)
    }
}
