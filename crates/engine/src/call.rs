//! What an operation's function gets: the request, a snapshot of the account, and the few effects
//! that it may have.

use std::sync::Arc;

use keyward_account::{Account, Changes, OidcProvider, Role, SamlProvider};
use keyward_api::{OperationId, Output, Recorded, recorded};
use keyward_authorization::sessions::{
    FederatedIdentity, SealTokenError, SessionContent, TokenBytes, seal,
};
use keyward_authorization::{
    AccessRequest, AccessRequests, Action, AwsPolicies, Caller, Managed, PoliciesInForce,
    Principal, RequestContext, Resource, assuming, gate,
};
use keyward_credentials::{Digest, Recipe, Sealed, Verifier};
use keyward_faults::{Fault, fault};
use keyward_names::{AccessKeyId, AccountId, PreciseTimestamp, RoleId, Secret, Timestamp, UserId};
use keyward_saml::{Assertion, AssertionError};
use keyward_store::{OneTimeKey, Store};
use keyward_web_identity::SigningKeys;
use zeroize::Zeroizing;

use crate::accounts::AccountHandle;
use crate::audit_trail::{AuditFacts, KeptRecord, RecordedCall};
use crate::clock::Clock;
use crate::hashing::{HashError, HashQueue};
use crate::identity_providers::{IdentityProviders, Unreachable};
use crate::installation::Installation;
use crate::quotas::Quotas;
use crate::random::{RandomError, random, random_number};
use crate::refusal::Refusal;
use crate::uses::{AccessKeyUse, RoleUse};

/// Who asks, how, and where.
#[derive(Clone)]
pub struct CallContext<'a> {
    /// Who calls.
    pub caller: Caller,
    /// How the request came.
    pub request_context: Arc<RequestContext>,
    /// The caller's account.
    pub handle: Arc<AccountHandle>,
    /// The installation.
    pub installation: Arc<Installation>,
    /// The id of the request, for answers and records. Empty where no client gets an answer.
    pub request_id: &'a str,
}

/// One request to one operation.
pub struct Call<I> {
    operation: OperationId,
    input: Arc<I>,
    caller: Caller,
    request_context: Arc<RequestContext>,
    /// What an audit record of this call says; `None` where nobody wants records.
    called: Option<Arc<RecordedCall>>,
    account: Arc<Account>,
    handle: Arc<AccountHandle>,
    installation: Arc<Installation>,
}

/// What an operation's function gives back.
pub type Outcome<O> = Result<Answer<O>, Refusal>;

/// The proof that the caller may do what it asks. Only the `authorize` functions of [`Call`] and
/// [`Call::open_to_all`] make one, and nothing is changed, used up or answered without it.
pub struct Permit {
    basis: Basis,
}

/// Why there is a permit.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every request has a permit of the large kind, and a box would cost it an allocation"
)]
enum Basis {
    /// The operation needs no right.
    OpenToAll,
    /// These questions were all allowed.
    Allowed(AccessRequests),
}

/// An output that may be returned to the caller.
pub struct Answer<O> {
    output: O,
    facts: AuditFacts,
    kept: Option<KeptRecord>,
}

impl Permit {
    /// The answer, now that the caller has a right to it.
    pub fn answer<O>(self, output: O) -> Outcome<O> {
        Ok(Answer {
            output,
            facts: AuditFacts::default(),
            kept: None,
        })
    }

    fn and(self, access_request: AccessRequest) -> Self {
        let access_requests = match self.basis {
            Basis::OpenToAll => AccessRequests::new(access_request),
            Basis::Allowed(access_requests) => access_requests.and(access_request),
        };
        Self::by(access_requests)
    }

    fn by(access_requests: AccessRequests) -> Self {
        Self {
            basis: Basis::Allowed(access_requests),
        }
    }
}

impl<O> Answer<O> {
    /// The output, what the audit record says in addition to the request, and the record that the
    /// store keeps with the change.
    pub(crate) fn into_parts(self) -> (O, AuditFacts, Option<KeptRecord>) {
        (self.output, self.facts, self.kept)
    }
}

/// Adds to an outcome, be it an answer or a refusal, what the audit record says in addition to the
/// request.
pub fn noting<O>(outcome: Outcome<O>, facts: AuditFacts) -> Outcome<O> {
    match outcome {
        Ok(answer) => Ok(Answer {
            facts: answer.facts.and(facts),
            ..answer
        }),
        Err(refusal) => Err(refusal.noting(facts)),
    }
}

impl<I> Call<I> {
    /// A call on the newest state of the caller's account.
    pub(crate) fn new(
        operation: OperationId,
        input: Arc<I>,
        context: &CallContext<'_>,
        called: Option<Arc<RecordedCall>>,
    ) -> Self {
        Self {
            operation,
            input,
            caller: context.caller.clone(),
            request_context: Arc::clone(&context.request_context),
            called,
            account: context.handle.account(),
            handle: Arc::clone(&context.handle),
            installation: Arc::clone(&context.installation),
        }
    }

    /// The request.
    pub fn input(&self) -> &I {
        &self.input
    }

    /// The account as it stood when the call began.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Managed policies: those of AWS, and those of an account when one is given.
    pub fn managed(&self) -> Managed<'_> {
        Managed::new(&self.installation.aws_policies)
    }

    /// The ARN that a managed policy has which a request names, perhaps in another case; for conditions.
    pub fn stored_policy_arn(&self, arn: &str) -> String {
        self.managed().stored_arn(&self.account, arn)
    }

    /// The policies of AWS, in a form that closures which change the account can own.
    pub fn aws_policies(&self) -> AwsPolicies {
        self.installation.aws_policies.clone()
    }

    /// Who calls.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The clock's time, which goes into records and by which things expire.
    pub fn now(&self) -> Timestamp {
        self.installation.clock.now()
    }

    /// The same time to the millisecond, for the dates that have them.
    pub fn precise_now(&self) -> PreciseTimestamp {
        self.installation.clock.precise_now()
    }

    /// The way out to identity providers.
    pub fn identity_providers(&self) -> &dyn IdentityProviders {
        &*self.installation.identity_providers
    }

    /// The keys that the issuer of a provider publishes. If they can't be fetched, the reason goes
    /// to the log, not to the caller.
    pub async fn key_set(
        &self,
        provider: &OidcProvider,
        issuer: &str,
    ) -> Result<Arc<str>, Unreachable> {
        let providers = self.identity_providers();
        let key_set = providers.key_set(issuer, &provider.thumbprints).await;
        key_set.inspect_err(|error| {
            tracing::info!(issuer = provider.url, %error, "the keys of an identity provider can't be had");
        })
    }

    /// Whether an issuer is an account that gives out web identity tokens, here or at AWS.
    pub fn is_token_issuer(&self, issuer: &str) -> bool {
        self.installation.is_token_issuer(issuer)
    }

    /// Whether the account's root user has a key that the account does not know: one that is given at
    /// start, or, in `dev`, any that stands for it.
    pub fn root_has_outside_key(&self) -> bool {
        self.caller.is_stand_in() || self.installation.outside_root_key == Some(self.account.id())
    }

    /// Tells the operator something, once for each text.
    pub fn warn_once(&self, text: &'static str) {
        self.installation.warn_once(text);
    }

    /// The region that the request was signed for.
    pub fn region(&self) -> Option<&str> {
        self.request_context.region.as_deref()
    }

    /// Whether the request came to the host of STS that has no region in its name.
    pub fn came_to_global_endpoint(&self) -> bool {
        self.request_context.is_global_sts_host()
    }

    /// The keys that the account signs tokens with.
    pub fn token_signing_keys(&self) -> Result<SigningKeys, Fault> {
        let keys = self.handle.token_signing_keys();
        keys.map_err(Fault::internal)?
            .ok_or_else(fault::web_identity_federation_disabled)
    }

    /// Verifies a response that is said to come from a SAML provider of the account. The inner
    /// error says why the response is refused.
    pub async fn check_assertion(
        &self,
        provider: &SamlProvider,
        response: &Secret,
    ) -> Result<Result<Assertion, AssertionError>, Fault> {
        let assertions = &self.installation.assertions;
        assertions.check(provider, response, self.now()).await
    }

    /// Uses up `used_for`, for which an assertion is good one time. Returns whether it was unused.
    /// The use is remembered until `expires_at`, in seconds since 1970.
    pub async fn use_assertion(
        &self,
        _: &Permit,
        used_for: String,
        expires_at: i64,
    ) -> Result<bool, Fault> {
        let key = OneTimeKey {
            account: self.account.id(),
            kind: "saml_assertion",
            key: used_for,
            until: Timestamp::from_unix_seconds(expires_at),
        };
        let used = self.installation.store.use_once(key, self.now()).await;
        used.map_err(|error| fault::service_unavailable().caused_by(error))
    }

    /// The issuer of the tokens of an account: the URL that ends in its label.
    pub fn token_issuer(&self, label: &str) -> String {
        self.installation.token_issuer(label)
    }

    /// The quotas of the account.
    pub fn quotas(&self) -> Quotas {
        self.installation.quotas.of(self.account.id())
    }

    /// A random number for a new id.
    pub fn random_number(&self) -> Result<u64, Fault> {
        Ok(random_number()?)
    }

    /// Random bytes for a new secret.
    pub fn random<const N: usize>(&self) -> Result<[u8; N], Fault> {
        Ok(random()?)
    }

    /// Judges whether the caller may do this operation to a resource.
    pub fn authorize(&self, resource: Resource) -> Result<Permit, Fault> {
        let access_request = self.asked(Action::Operation(self.operation), resource)?;
        Ok(Permit::by(AccessRequests::new(access_request)))
    }

    /// Judges whether the caller may do this operation to each of two resources.
    pub fn authorize_both(&self, first: Resource, second: Resource) -> Result<Permit, Fault> {
        let permit = self.authorize(first)?;
        self.authorize_also(permit, self.operation, second)
    }

    /// Judges whether the caller may also do what another operation does, for example tag what it
    /// creates.
    pub fn authorize_also(
        &self,
        permit: Permit,
        operation: OperationId,
        resource: Resource,
    ) -> Result<Permit, Fault> {
        self.authorize_action(permit, Action::Operation(operation), resource)
    }

    /// Judges whether the caller may also do something to a resource that is an action without an
    /// operation, such as `iam:PassRole`.
    pub fn authorize_action(
        &self,
        permit: Permit,
        action: Action,
        resource: Resource,
    ) -> Result<Permit, Fault> {
        Ok(permit.and(self.asked(action, resource)?))
    }

    /// The question, if it is allowed.
    fn asked(&self, action: Action, resource: Resource) -> Result<AccessRequest, Fault> {
        let access_request = AccessRequest { action, resource };
        gate::judge(
            self.in_force(),
            &self.caller,
            &self.request_context,
            self.now(),
            &access_request,
        )?;
        Ok(access_request)
    }

    fn in_force(&self) -> PoliciesInForce<'_> {
        PoliciesInForce::within(&self.account, self.managed())
    }

    /// Judges whether the caller may do all that assuming a role of an account needs, by
    /// [`assuming::judge_caller`].
    pub fn authorize_assuming(
        &self,
        account: &Account,
        role: &Role,
        access_requests: AccessRequests,
        as_given: &AccessRequests,
    ) -> Result<Permit, Fault> {
        let is_elsewhere = account.id() != self.account.id();
        let in_force = PoliciesInForce {
            elsewhere: is_elsewhere.then_some(account),
            ..self.in_force()
        };
        assuming::judge_caller(
            in_force,
            &self.caller,
            &self.request_context,
            self.now(),
            role,
            &access_requests,
            as_given,
        )?;
        Ok(Permit::by(access_requests))
    }

    /// The refusal to assume a role that does not exist, the same as if it existed and trusted nobody.
    /// `as_given` is the question about the ARN as given.
    pub fn refuse_assuming(&self, as_given: &AccessRequest) -> Fault {
        let (in_force, now) = (self.in_force(), self.now());
        let refusal = assuming::refusal(
            in_force,
            &self.caller,
            &self.request_context,
            now,
            as_given,
            None,
        );
        refusal.unwrap_or_else(|fault| fault)
    }

    /// Judges whether an identity that is vouched for may do all that assuming a role of this
    /// account needs, by [`assuming::judge_federated`].
    pub fn authorize_federated(
        &self,
        vouched: &Arc<FederatedIdentity>,
        role: &Role,
        access_requests: AccessRequests,
    ) -> Result<Permit, Fault> {
        assuming::judge_federated(
            self.in_force(),
            vouched,
            &self.request_context,
            self.now(),
            role,
            &access_requests,
        )?;
        Ok(Permit::by(access_requests))
    }

    /// Seals a session that the permit allows to give out. Returns the secret access key and the
    /// token, which has at least `at_least` characters; the inner error says why there is no token.
    pub fn seal_session(
        &self,
        _: &Permit,
        access_key: AccessKeyId,
        content: &SessionContent,
        at_least: usize,
    ) -> Result<Result<(Secret, String), SealTokenError>, Fault> {
        let keys = self.installation.session_keys.keys();
        let bytes = TokenBytes {
            secret: Zeroizing::new(random()?),
            nonce: random()?,
        };
        let sealing = keys.sealing(Clock::real_now());
        Ok(seal(sealing, access_key, content, &bytes, at_least))
    }

    /// The permit of the few operations that need no right.
    pub fn open_to_all(&self) -> Permit {
        Permit {
            basis: Basis::OpenToAll,
        }
    }

    /// Hashes a password, which takes a while.
    pub async fn hash(&self, password: Secret, recipe: Recipe) -> Result<Digest, Fault> {
        self.installation
            .hashing
            .digest(HashQueue::Authenticated, password, recipe)
            .await
            .map_err(Fault::from)
    }

    /// Whether a password that a user typed is the current one. Wrong ones are counted, and after
    /// too many of them further ones are refused for a while.
    pub async fn is_old_password(
        &self,
        user: UserId,
        password: Secret,
        kept: Verifier,
    ) -> Result<bool, Fault> {
        let tries = &self.installation.old_password_tries;
        let whose = (self.account.id(), Principal::User(user));
        let begun = tries
            .begin(whose, self.now())
            .map_err(|_| fault::too_many_wrong_old_passwords())?;
        let digest = self.hash(password, kept.recipe).await;
        match &digest {
            Ok(digest) if *digest == kept.digest => tries.was_right(whose),
            Ok(_) => {}
            Err(_) => tries.was_none(whose, begun),
        }
        Ok(digest? == kept.digest)
    }

    /// The recipe for a new password.
    pub fn new_recipe(&self) -> Result<Recipe, Fault> {
        Ok(self.installation.new_recipe()?)
    }

    /// Seals a secret of this account for one context, without which it does not open.
    pub fn seal(&self, context: &str, secret: &Secret) -> Result<Sealed, Fault> {
        self.handle
            .data_key
            .seal(context, secret.expose().as_bytes(), random()?)
            .map_err(Fault::internal)
    }

    /// Another account of this installation in its newest state, if it exists.
    pub async fn other_account(&self, id: AccountId) -> Result<Option<Arc<Account>>, Fault> {
        let held = self.installation.accounts.get(id).await;
        let held = held.map_err(|error| fault::service_unavailable().caused_by(error))?;
        Ok(held.map(|handle| handle.account()))
    }

    /// When, where and with which service an access key of this account was last used.
    pub async fn access_key_use(&self, key: AccessKeyId) -> Result<Option<AccessKeyUse>, Fault> {
        let store: &dyn Store = &*self.installation.store;
        self.installation
            .uses
            .of_access_key(store, self.account.id(), key)
            .await
            .map_err(|error| fault::service_unavailable().caused_by(error))
    }

    /// When and where sessions of roles of this account last made a request, in the order of
    /// `roles`.
    pub async fn role_uses(&self, roles: &[RoleId]) -> Vec<Option<RoleUse>> {
        let store: &dyn Store = &*self.installation.store;
        self.installation
            .uses
            .of_roles(store, self.account.id(), roles)
            .await
    }

    /// When principals of this account last signed in with a password, in the order of
    /// `principals`. This asks the store, so leave out principals without a password.
    pub async fn password_uses(&self, principals: &[Principal]) -> Vec<Option<Timestamp>> {
        let store: &dyn Store = &*self.installation.store;
        self.installation
            .uses
            .of_passwords(store, self.account.id(), principals)
            .await
    }

    /// Changes the account: the closure gets the newest state, checks its rules against it and
    /// returns the changes. It owns its inputs, and may run again. If the account changed since
    /// this call's snapshot, the caller's rights are judged again first. What this returns is
    /// durable.
    pub async fn commit<T, F>(&self, permit: &Permit, change: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Fn(&Account) -> Result<(Changes, T), Refusal> + Send + 'static,
    {
        self.commit_kept(permit, change, self.kept_record(None))
            .await
    }

    /// Changes the account as [`Call::commit`] does, where the output is known before the change:
    /// so the audit record that becomes durable with the change shows it too.
    pub async fn commit_and_answer<O, F>(&self, permit: Permit, output: O, change: F) -> Outcome<O>
    where
        O: Output,
        F: Fn(&Account) -> Result<(Changes, ()), Refusal> + Send + 'static,
    {
        let kept = self.kept_record(Some(&output));
        self.commit_kept(&permit, change, kept.clone()).await?;
        Ok(Answer {
            output,
            facts: AuditFacts::default(),
            kept,
        })
    }

    /// The record that the store keeps with a change, if it keeps records.
    fn kept_record(&self, output: Option<&dyn Recorded>) -> Option<KeptRecord> {
        let called = self.called.as_ref()?;
        let answer = output.and_then(|output| recorded(output, self.operation.service()));
        called.of_change(&self.installation.audit, answer)
    }

    async fn commit_kept<T, F>(
        &self,
        permit: &Permit,
        change: F,
        kept: Option<KeptRecord>,
    ) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: Fn(&Account) -> Result<(Changes, T), Refusal> + Send + 'static,
    {
        let (caller, request_context, now) = (
            self.caller.clone(),
            Arc::clone(&self.request_context),
            self.now(),
        );
        let judged_at = self.account.version();
        let access_requests = match &permit.basis {
            Basis::OpenToAll => None,
            Basis::Allowed(access_requests) => Some(access_requests.clone()),
        };
        let aws_policies = self.aws_policies();
        let judged_change = move |account: &Account| {
            if account.version() != judged_at {
                for access_request in access_requests.iter().flat_map(AccessRequests::iter) {
                    if access_request.resource.is_stale(account) {
                        return Err(Refusal::stale());
                    }
                    let in_force = PoliciesInForce::within(account, Managed::new(&aws_policies));
                    gate::judge(in_force, &caller, &request_context, now, access_request)?;
                }
            }
            change(account)
        };
        let record = kept.map(KeptRecord::into_json);
        self.handle
            .writer
            .commit_audited(judged_change, record)
            .await
    }
}

impl From<RandomError> for Fault {
    fn from(error: RandomError) -> Self {
        Self::internal(error)
    }
}

impl From<HashError> for Fault {
    fn from(error: HashError) -> Self {
        match error {
            HashError::QueueFull => fault::throttling().caused_by(error),
            HashError::Ended | HashError::Verifier(_) => Self::internal(error),
        }
    }
}

impl From<RandomError> for Refusal {
    fn from(error: RandomError) -> Self {
        Fault::from(error).into()
    }
}
