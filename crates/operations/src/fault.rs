//! What an operation answers when it does not do what was asked, and every text of it.
//!
//! The wording is part of the API: clients match it. Texts that nobody has seen AWS send are marked
//! (unsure) and may be changed freely; all others are to the letter.

use std::fmt;
use std::sync::Arc;

use keyward_account::{Claim, PolicyEntity};
use keyward_api::{FaultCode, InputError, OperationId};
use keyward_credentials::{BrokenRule, CharacterClass};
use keyward_names::AccountId;
use keyward_policy::Kind;

/// A refusal that the caller sees: a code and, mostly, a message. An internal fault also has a
/// cause, which only the log sees.
#[derive(Debug, Clone)]
pub struct Fault {
    code: FaultCode,
    message: Option<String>,
    cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Fault {
    fn new(code: FaultCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: Some(message.into()),
            cause: None,
        }
    }

    /// A failure of ours. The caller learns nothing but that it happened.
    pub fn internal(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self {
            code: FaultCode::InternalFailure,
            message: None,
            cause: Some(Arc::new(cause)),
        }
    }

    /// An internal fault under the code that IAM's model has for it.
    pub(crate) fn told_as_service_failure(self) -> Self {
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
        Self::new(error.code(), error.message())
    }
}

// Every operation.

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

/// Why a caller may not do what it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// No policy of this kind allows it.
    NothingAllows(Kind),
    /// A policy of this kind denies it.
    Denied(Kind),
}

/// The caller may not do what it asks.
#[must_use]
pub fn access_denied(caller_arn: &str, action: &str, resource: &str, denial: Denial) -> Fault {
    let reason = match denial {
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
            format!("with an explicit deny in {article} {}", kind_name(kind))
        }
    };
    Fault::new(
        FaultCode::AccessDenied,
        format!(
            "User: {caller_arn} is not authorized to perform: {action} on resource: {resource} \
             {reason}"
        ),
    )
}

/// A kind of policy as refusals name it.
fn kind_name(kind: Kind) -> &'static str {
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
    }
}

// Users and their tags.

/// No user, group or role has this name.
#[must_use]
pub fn no_such_entity(kind: &str, name: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("The {kind} with name {name} cannot be found."),
    )
}

/// No user has this name.
#[must_use]
pub fn no_such_user(name: &str) -> Fault {
    no_such_entity("user", name)
}

/// Another user has this name, in some case.
#[must_use]
pub fn user_already_exists(name: &str) -> Fault {
    Fault::new(
        FaultCode::EntityAlreadyExists,
        format!("User with name {name} already exists."),
    )
}

/// The user still has a login profile.
#[must_use]
pub fn must_delete_login_profile_first() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "Cannot delete entity, must delete login profile first.",
    )
}

/// The user still has access keys.
#[must_use]
pub fn must_delete_access_keys_first() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "Cannot delete entity, must delete access keys first.",
    )
}

/// The user still has inline policies.
#[must_use]
pub fn must_delete_policies_first() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "Cannot delete entity, must delete policies first.",
    )
}

/// Tag keys are repeated, for resources whose keys compare without case.
#[must_use]
pub fn duplicate_tag_keys_ignoring_case() -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    )
}

/// A tag key begins with `aws:`.
#[must_use]
pub fn reserved_tag_key() -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        "Tag keys beginning with aws: are reserved for system use.",
    )
}

/// A tag key of white space only. The code was seen, the text is (unsure).
#[must_use]
pub fn blank_tag_key(position: usize) -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        format!(
            "1 validation error detected: Value at 'tags.{position}.member.key' failed to satisfy \
             constraint: Member must satisfy regular expression pattern: \
             [\\p{{L}}\\p{{Z}}\\p{{N}}_.:/=+\\-@]+"
        ),
    )
}

/// A list of tags to add is empty. The trailing blank is AWS's.
#[must_use]
pub fn no_tags_given() -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        "Error occurred while validating input. ",
    )
}

/// A resource would have more than 50 tags.
#[must_use]
pub fn too_many_tags() -> Fault {
    Fault::new(
        FaultCode::LimitExceeded,
        "The number of tags has reached the maximum limit.",
    )
}

// Policies.

/// A document is not a policy of the kind it is given for, in the words of the policy language.
#[must_use]
pub fn malformed_policy_document(message: impl Into<String>) -> Fault {
    Fault::new(FaultCode::MalformedPolicyDocument, message)
}

/// The user, group or role has no inline policy of this name.
#[must_use]
pub fn no_such_inline_policy(kind: &str, name: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("The {kind} policy with name {name} cannot be found."),
    )
}

/// The inline policies of a user, group or role would together be larger than they may.
#[must_use]
pub fn inline_policies_too_large(limit: usize, kind: &str, name: &str) -> Fault {
    Fault::new(
        FaultCode::LimitExceeded,
        format!("Maximum policy size of {limit} bytes exceeded for {kind} {name}"),
    )
}

// Managed policies, attached ones and boundaries.

/// What should be the ARN of a managed policy is no ARN.
#[must_use]
pub fn invalid_arn(arn: &str) -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        format!("ARN {arn} is not valid."),
    )
}

/// An ARN is of another partition than this one.
#[must_use]
pub fn invalid_arn_partition() -> Fault {
    Fault::new(FaultCode::ValidationError, "Invalid ARN partition")
}

/// No managed policy has this ARN, or it is not attached to what it should be detached from.
#[must_use]
pub fn no_such_policy(arn: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("Policy {arn} was not found."),
    )
}

/// No managed policy that could be attached has this ARN.
#[must_use]
pub fn policy_not_attachable(arn: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("Policy {arn} does not exist or is not attachable."),
    )
}

/// The policy has no version of this id, or there is no such policy.
#[must_use]
pub fn no_such_policy_version(arn: &str, version: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("Policy {arn} version {version} does not exist or is not attachable."),
    )
}

/// AWS keeps the policy for the roles of its services. The text for groups is (unsure).
#[must_use]
pub fn reserved_policy(entity: PolicyEntity) -> Fault {
    let message = match entity {
        PolicyEntity::Role(_) => "Cannot attach a Service Role Policy to a Customer Role.",
        PolicyEntity::User(_) => "Cannot attach AWS reserved policy to an IAM user.",
        PolicyEntity::Group(_) => "Cannot attach AWS reserved policy to an IAM group.",
    };
    Fault::new(FaultCode::PolicyNotAttachable, message)
}

/// The same, where it should be a boundary. Seen for users; for roles the text is (unsure).
#[must_use]
pub fn reserved_boundary() -> Fault {
    Fault::new(
        FaultCode::PolicyNotAttachable,
        "Cannot attach AWS reserved policy to an IAM user.",
    )
}

/// What should be a boundary is not the ARN of a managed policy.
#[must_use]
pub fn invalid_boundary_arn(arn: &str) -> Fault {
    Fault::new(FaultCode::InvalidInput, format!("ARN {arn} is not valid."))
}

/// No managed policy that could be a boundary has this ARN.
#[must_use]
pub fn no_such_boundary(arn: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("Scope ARN: {arn} does not exist or is not attachable."),
    )
}

/// The user or role has no boundary. The code was seen, the text is (unsure).
#[must_use]
pub fn no_boundary(kind: &str, name: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("The permissions boundary of {kind} {name} cannot be found."),
    )
}

/// Another managed policy of the account has this name, in some case and under some path.
#[must_use]
pub fn policy_already_exists(name: &str) -> Fault {
    Fault::new(
        FaultCode::EntityAlreadyExists,
        format!("A policy called {name} already exists. Duplicate names are not allowed."),
    )
}

/// The policy has as many versions as it may. The number in the text is AWS's where it has that many.
#[must_use]
pub fn too_many_policy_versions(limit: usize) -> Fault {
    Fault::new(
        FaultCode::LimitExceeded,
        format!(
            "A managed policy can have up to {limit} versions. Before you create a new version, you \
             must delete an existing version."
        ),
    )
}

/// Somebody has the policy attached or as a boundary; for boundaries the text is (unsure).
#[must_use]
pub fn policy_in_use() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "Cannot delete a policy attached to entities.",
    )
}

/// The policy still has versions besides the default one.
#[must_use]
pub fn policy_has_versions() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "This policy has more than one version. Before you delete a policy, you must delete the \
         policy's versions. The default version is deleted with the policy.",
    )
}

/// The default version goes only with its policy.
#[must_use]
pub fn cannot_delete_default_version() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "Cannot delete the default version of a policy.",
    )
}

/// What is done to a managed policy, and can't be to one of AWS or of another account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyChange {
    /// `DeletePolicy`
    Delete,
    /// `CreatePolicyVersion`
    CreateVersion,
    /// `DeletePolicyVersion`
    DeleteVersion,
    /// `SetDefaultPolicyVersion`
    Update,
}

/// The policy is not the account's own.
#[must_use]
pub fn policy_of_others(change: PolicyChange) -> Fault {
    let what = match change {
        PolicyChange::Delete => "delete policies",
        PolicyChange::CreateVersion => "create versions for policies",
        PolicyChange::DeleteVersion => "delete policy versions for policies",
        PolicyChange::Update => "update policies",
    };
    Fault::new(
        FaultCode::AccessDenied,
        format!("Cannot {what} outside your own account."),
    )
}

/// Policies of AWS have no tags.
#[must_use]
pub fn tags_not_supported() -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        "Tags not supported for policies in this domain",
    )
}

/// Tag keys are repeated, for resources whose keys compare exactly.
#[must_use]
pub fn duplicate_tag_keys() -> Fault {
    Fault::new(FaultCode::InvalidInput, "Duplicate tag keys found.")
}

// Groups.

/// No group has this name.
#[must_use]
pub fn no_such_group(name: &str) -> Fault {
    no_such_entity("group", name)
}

/// Another group has this name, in some case.
#[must_use]
pub fn group_already_exists(name: &str) -> Fault {
    Fault::new(
        FaultCode::EntityAlreadyExists,
        format!("Group with name {name} already exists."),
    )
}

/// The user is still in a group, or the group still has users.
#[must_use]
pub fn must_remove_users_from_group_first() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "Cannot delete entity, must remove users from group first.",
    )
}

/// Policies are still attached.
#[must_use]
pub fn must_detach_policies_first() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "Cannot delete entity, must detach all policies first.",
    )
}

// Roles and instance profiles.

/// No role has this name.
#[must_use]
pub fn no_such_role(name: &str) -> Fault {
    no_such_entity("role", name)
}

/// Another role has this name, in some case.
#[must_use]
pub fn role_already_exists(name: &str) -> Fault {
    Fault::new(
        FaultCode::EntityAlreadyExists,
        format!("Role with name {name} already exists."),
    )
}

/// The role belongs to a service of AWS.
#[must_use]
pub fn protected_role(name: &str) -> Fault {
    Fault::new(
        FaultCode::UnmodifiableEntity,
        format!(
            "Cannot perform the operation on the protected role '{name}' - this role is only \
             modifiable by AWS"
        ),
    )
}

/// The duration of a service-linked role's sessions can't be changed.
#[must_use]
pub fn protected_session_duration(name: &str) -> Fault {
    Fault::new(
        FaultCode::UnmodifiableEntity,
        format!("{name} is an AWS service linked role, max session duration cannot be changed."),
    )
}

/// The path belongs to service-linked roles (unsure).
#[must_use]
pub fn reserved_role_path(path: &str) -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        format!("The path {path} is reserved for service-linked roles."),
    )
}

/// An instance profile still has the role, or a role.
#[must_use]
pub fn must_remove_roles_from_instance_profile_first() -> Fault {
    Fault::new(
        FaultCode::DeleteConflict,
        "Cannot delete entity, must remove roles from instance profile first.",
    )
}

/// No instance profile has this name.
#[must_use]
pub fn no_such_instance_profile(name: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("Instance Profile {name} cannot be found."),
    )
}

/// Another instance profile has this name, in some case.
#[must_use]
pub fn instance_profile_already_exists(name: &str) -> Fault {
    Fault::new(
        FaultCode::EntityAlreadyExists,
        format!("Instance Profile {name} already exists."),
    )
}

/// The instance profile does not have the role.
#[must_use]
pub fn no_such_role_in_instance_profile(role: &str, profile: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("Role {role} in Instance Profile {profile} cannot be found."),
    )
}

/// There are no service-linked roles of this service here (unsure).
#[must_use]
pub fn no_such_service(service: &str) -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        format!("{service} is not a service that has service-linked roles."),
    )
}

/// The service's role has no suffix.
#[must_use]
pub fn suffix_not_allowed(service: &str) -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        format!("Custom suffix is not allowed for {service}"),
    )
}

/// The service-linked role is there already.
#[must_use]
pub fn service_role_name_taken(name: &str) -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        format!(
            "Service role name {name} has been taken in this account, please try a different suffix."
        ),
    )
}

/// The role is an ordinary one.
#[must_use]
pub fn not_a_service_role(name: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("{name} exists but is not a service role."),
    )
}

/// Nothing is known of a deletion task.
#[must_use]
pub fn no_such_deletion_task() -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        "Cannot find deletion status for given id.",
    )
}

/// What should be the id of a deletion task has another form.
#[must_use]
pub fn invalid_deletion_task() -> Fault {
    Fault::new(FaultCode::InvalidInput, "Invalid task id")
}

// Reports on the account.

/// A marker that no page of this filter gave out.
#[must_use]
pub fn marker_of_another_filter() -> Fault {
    Fault::new(FaultCode::ValidationError, "Marker and Filter do not match")
}

/// No service of AWS has this name.
#[must_use]
pub fn invalid_service_namespace(namespace: &str) -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        format!("Invalid service namespace: [{namespace}]"),
    )
}

/// No user, group or role has this ARN (unsure).
#[must_use]
pub fn no_such_arn(arn: &str) -> Fault {
    Fault::new(FaultCode::NoSuchEntity, format!("ARN {arn} was not found."))
}

/// What should be the ARN of a user, group or role is none (unsure).
#[must_use]
pub fn invalid_entity_arn(arn: &str) -> Fault {
    Fault::new(FaultCode::InvalidInput, format!("ARN {arn} is not valid."))
}

// Login profiles and passwords.

/// The user has no login profile.
#[must_use]
pub fn no_such_login_profile(user_name: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("Login Profile for User {user_name} cannot be found."),
    )
}

/// The user has a login profile already.
#[must_use]
pub fn login_profile_already_exists(user_name: &str) -> Fault {
    Fault::new(
        FaultCode::EntityAlreadyExists,
        format!("Login Profile for user {user_name} already exists."),
    )
}

/// The login profile, or what it is judged by, changes again and again while a password is hashed
/// for it. Clients that know this fault retry.
#[must_use]
pub fn login_profile_being_created(user_name: &str) -> Fault {
    Fault::new(
        FaultCode::EntityTemporarilyUnmodifiable,
        format!(
            "Login Profile for User {user_name} cannot be modified while login profile is being \
             created."
        ),
    )
}

/// A login profile can't be made without a password.
#[must_use]
pub fn password_required() -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        "1 validation error detected: Value at 'password' failed to satisfy constraint: Member \
         must not be null",
    )
}

/// The account root has no login profile of its own to name.
#[must_use]
pub fn user_name_required() -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member \
         must not be null",
    )
}

/// The password breaks rules of the account's password policy. The wording for length and classes
/// of the default policy is AWS's; the rest is (unsure).
#[must_use]
pub fn password_breaks_policy(broken: &[BrokenRule]) -> Fault {
    let reasons: Vec<_> = broken.iter().map(broken_rule).collect();
    Fault::new(FaultCode::PasswordPolicyViolation, reasons.join(", "))
}

/// The password is one of the last that the policy remembers (unsure).
#[must_use]
pub fn password_used_before(remembered: u8) -> Fault {
    Fault::new(
        FaultCode::PasswordPolicyViolation,
        format!("Password should not be one of the last {remembered} passwords used"),
    )
}

fn broken_rule(rule: &BrokenRule) -> String {
    match rule {
        BrokenRule::TooShort { minimum } => {
            format!("Password should have a minimum length of {minimum}")
        }
        BrokenRule::Lacks(class) => lacks(*class).to_owned(),
        BrokenRule::TooFewClasses { more, missing } => {
            let missing: Vec<_> = missing.iter().copied().map(lacks).collect();
            format!(
                "Password should meet {more} more of the following requirements: {}",
                missing.join(", ")
            )
        }
        BrokenRule::IsAccountName => "Password should not be the name of the account".to_owned(),
        BrokenRule::IsRootEmail => {
            "Password should not be the email address of the account".to_owned()
        }
    }
}

fn lacks(class: CharacterClass) -> &'static str {
    match class {
        CharacterClass::Uppercase => "Password should have at least one uppercase letter",
        CharacterClass::Lowercase => "Password should have at least one lowercase letter",
        CharacterClass::Number => "Password should have at least one number",
        CharacterClass::Symbol => "Password should have at least one symbol",
    }
}

/// Only users have a password of their own to change (unsure).
#[must_use]
pub fn only_users_change_their_password() -> Fault {
    Fault::new(
        FaultCode::InvalidUserType,
        "Only IAM Users can change their own password.",
    )
}

/// The old password is not right. The code was seen, the text is (unsure).
#[must_use]
pub fn old_password_incorrect() -> Fault {
    Fault::new(FaultCode::AccessDenied, "The old password was incorrect.")
}

/// The old password was guessed wrong too often of late. The code is of the model, the text (unsure).
#[must_use]
pub fn too_many_wrong_old_passwords() -> Fault {
    Fault::new(
        FaultCode::LimitExceeded,
        "Too many attempts with an incorrect old password. Try again later.",
    )
}

/// The new password is the old one. The code was seen, the text is (unsure).
#[must_use]
pub fn new_password_is_the_old() -> Fault {
    Fault::new(
        FaultCode::AccessDenied,
        "The new password must differ from the old password.",
    )
}

/// The account has no password policy of its own: what `GetAccountPasswordPolicy` says.
#[must_use]
pub fn no_password_policy_to_get(account: AccountId) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("The Password Policy with domain name {account} cannot be found."),
    )
}

/// The account has no password policy of its own: what `DeleteAccountPasswordPolicy` says.
#[must_use]
pub fn no_password_policy_to_delete() -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        "The account policy with name PasswordPolicy cannot be found.",
    )
}

// Access keys.

/// The owner has no such access key.
#[must_use]
pub fn no_such_access_key(id: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("The Access Key with id {id} cannot be found."),
    )
}

/// `Expired` is a status that keys have and nobody sets.
#[must_use]
pub fn status_cannot_be_set(status: &str) -> Fault {
    Fault::new(
        FaultCode::InvalidInput,
        format!("Operation does not support status {status}"),
    )
}

/// Of a key that is not the account's nobody learns anything, administrators included.
#[must_use]
pub fn access_key_of_another(caller_arn: &str, id: &str) -> Fault {
    Fault::new(
        FaultCode::AccessDenied,
        format!(
            "User: {caller_arn} is not authorized to perform iam:GetAccessKeyLastUsed on \
             resource: access key {id}"
        ),
    )
}

/// An access key id in which no account is written (unsure).
#[must_use]
pub fn access_key_id_without_account() -> Fault {
    Fault::new(
        FaultCode::ValidationError,
        "The access key id does not belong to an account.",
    )
}

// The account alias.

/// The account does not have this alias.
#[must_use]
pub fn no_such_alias(alias: &str) -> Fault {
    Fault::new(
        FaultCode::NoSuchEntity,
        format!("The account alias {alias} cannot be found."),
    )
}

// Before an operation is reached.

/// The request has no `Action`.
#[must_use]
pub fn missing_action() -> Fault {
    Fault::new(
        FaultCode::MissingAction,
        "The request is missing an action.",
    )
}

/// No operation of the service has this name.
#[must_use]
pub fn invalid_action(action: &str, version: Option<&str>) -> Fault {
    let version = version.unwrap_or("NO_VERSION_SPECIFIED");
    Fault::new(
        FaultCode::InvalidAction,
        format!("Could not find operation {action} for version {version}"),
    )
}

/// The parameters can't be read as a form.
#[must_use]
pub fn malformed_form(reason: &str) -> Fault {
    Fault::new(FaultCode::MalformedInput, reason)
}

/// The signature is missing, malformed or wrong; the text comes from who checked it.
#[must_use]
pub fn signature_refused(code: FaultCode, message: String) -> Fault {
    Fault::new(code, message)
}

/// The body is larger than any request may be.
#[must_use]
pub fn request_too_large() -> Fault {
    Fault::new(
        FaultCode::RequestEntityTooLarge,
        "Request size exceeded the limit",
    )
}

/// The body did not come in time.
#[must_use]
pub fn request_timeout() -> Fault {
    Fault::new(
        FaultCode::RequestTimeout,
        "The request was not received in time",
    )
}

// The policy simulator.

/// A document that is to be simulated is no policy; they are counted from one.
#[must_use]
pub fn invalid_policy_input(number: usize) -> Fault {
    invalid_simulation(format!(
        "Policy input list item {number} has invalid content"
    ))
}

/// The permissions boundary that is to be simulated is no policy (unsure).
#[must_use]
pub fn invalid_simulated_boundary() -> Fault {
    invalid_simulation("Permissions boundary policy input list item 1 has invalid content")
}

/// A policy of an organization's level is none (unsure); levels are counted from one (unsure).
#[must_use]
pub fn invalid_organization_policy(level: usize) -> Fault {
    invalid_simulation(format!(
        "Organization policy at index {level} has invalid content"
    ))
}

/// The resource policy that is to be simulated is none (unsure).
#[must_use]
pub fn invalid_simulated_resource_policy() -> Fault {
    invalid_simulation("Resource policy has invalid content")
}

/// A principal has one permissions boundary at most.
#[must_use]
pub fn too_many_simulated_boundaries() -> Fault {
    invalid_simulation("The list of Permissions Boundary policies cannot exceed 1 items.")
}

/// A level of an organization has no policy; levels are counted from one (unsure).
#[must_use]
pub fn organization_level_without_policies(level: usize) -> Fault {
    invalid_simulation(format!(
        "Organization policy at index {level} must contain at least one service control policy"
    ))
}

/// A resource of a simulation, or of its resource policy, is no ARN.
#[must_use]
pub fn simulated_resource_is_no_arn(resource: &str) -> Fault {
    invalid_simulation(format!(
        "ResourceNames are not in a valid ARN format: {resource}."
    ))
}

/// An action of a simulation has no name of a service.
#[must_use]
pub fn simulated_action_without_colon() -> Fault {
    invalid_simulation("The action is invalid since it is missing names")
}

/// Actions of which some are known to AWS and some not. The trailing blank is AWS's.
#[must_use]
pub fn mixed_simulated_actions(known: &[&str], unknown: &[&str]) -> Fault {
    invalid_simulation(format!(
        "Invalid Input Actions: [{}] and [{}] require different authorization information. ",
        known.join(","),
        unknown.join(",")
    ))
}

/// A resource policy is simulated for nobody (unsure).
#[must_use]
pub fn simulation_without_caller() -> Fault {
    invalid_simulation("Invalid caller - Caller cannot be null or empty.")
}

/// Who is simulated is no ARN of a user, group or role (unsure).
#[must_use]
pub fn invalid_caller() -> Fault {
    invalid_simulation(
        "Invalid caller - Caller must be an IAM user, role or group in this context.",
    )
}

/// An ARN does not tell the kind and the name of an entity (unsure where a resource policy is simulated
/// on `*`).
#[must_use]
pub fn unclear_entity_arn(arn: &str) -> Fault {
    invalid_simulation(format!(
        "Invalid Entity Arn: {arn} does not clearly define entity type and name."
    ))
}

/// The owner of resources is no ARN of IAM, such as that of an account's root user.
#[must_use]
pub fn invalid_resource_owner(owner: &str) -> Fault {
    invalid_simulation(format!("'{owner}' is not a valid as a Resource Owner."))
}

/// A context entry has values and no name (unsure).
#[must_use]
pub fn context_entry_without_name() -> Fault {
    invalid_simulation("ContextKeyName cannot be null or empty.")
}

/// A context entry has no type.
#[must_use]
pub fn context_entry_without_type(key: &str) -> Fault {
    invalid_simulation(format!("Context key {key} has invalid type null."))
}

/// A context entry has no values (unsure).
#[must_use]
pub fn context_entry_without_values(key: &str) -> Fault {
    invalid_simulation(format!(
        "Context values for context key {key} cannot be null or empty."
    ))
}

/// Two context entries are about one key (unsure).
#[must_use]
pub fn context_entry_repeated(key: &str) -> Fault {
    invalid_simulation(format!("Duplicate context key: {key}."))
}

/// A context entry has several values of a type that has one (unsure).
#[must_use]
pub fn several_context_values(key_type: &str, count: usize) -> Fault {
    invalid_simulation(format!(
        "Context key {key_type} expected a single value, but received {count}."
    ))
}

/// A value of a context entry is not of its type.
#[must_use]
pub fn context_value_of_another_type(key: &str, expected: &str) -> Fault {
    invalid_simulation(format!(
        "Invalid context value for key {key}: expected {expected}."
    ))
}

/// A marker that no page of a simulation gave out.
#[must_use]
pub fn invalid_simulation_marker() -> Fault {
    invalid_simulation("Invalid marker for pagination.")
}

/// More is to be simulated at once than is done (unsure: nobody knows the limits of AWS).
#[must_use]
pub fn simulation_too_large() -> Fault {
    invalid_simulation("The policies and resources are too large to be simulated at once.")
}

fn invalid_simulation(message: impl Into<String>) -> Fault {
    Fault::new(FaultCode::InvalidInput, message)
}
