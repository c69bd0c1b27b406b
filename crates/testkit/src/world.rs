//! An installation with one account, and those who ask it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use keyward_account::Account;
use keyward_api::{OperationId, Service};
use keyward_authorization::{
    AccessRequest, Action, Caller, Managed, PoliciesInForce, Principal, RequestContext, Resource,
    gate,
};
use keyward_credentials::MasterKey;
use keyward_engine::{
    AccountQuotas, CallContext, Format, HashQueue, Installation, InstallationKeys,
    InstallationOptions, NewAccount, Quotas, Request,
};
use keyward_names::{AccessKeyId, AccountId, Secret};
use keyward_operations::respond;
use keyward_store::{Commit, Store, Write};
use keyward_store_sqlite::SqliteStore;
use keyward_wire::Parameters;
use tokio::task::JoinHandle;

use crate::{Answer, FailingStore, form, policy_document};

const ACCOUNT: &str = "123456789012";
const MASTER_KEY: [u8; 32] = [7; 32];

/// An installation in memory. Nodes made by [`World::other_node`] share its store.
pub struct World {
    /// What answers.
    pub installation: Arc<Installation>,
    /// What it is kept in.
    pub store: Arc<FailingStore>,
    /// The account that is asked.
    pub account_id: AccountId,
    stored: Arc<dyn Store>,
}

/// Someone who asks.
#[derive(Clone)]
pub struct Asker {
    installation: Arc<Installation>,
    account_id: AccountId,
    caller: Caller,
    request_context: Arc<RequestContext>,
}

impl World {
    /// An installation with the account `123456789012` and nothing in it.
    pub async fn new() -> Self {
        Self::with_quotas(Quotas::default()).await
    }

    /// The same with other quotas.
    pub async fn with_quotas(quotas: Quotas) -> Self {
        Self::with_options(InstallationOptions {
            quotas: AccountQuotas::all(quotas),
            ..InstallationOptions::default()
        })
        .await
    }

    /// The same with other options.
    pub async fn with_options(options: InstallationOptions) -> Self {
        let stored: Arc<dyn Store> =
            Arc::new(SqliteStore::in_memory().expect("a store in memory can be made"));
        let account_id = AccountId::parse(ACCOUNT).expect("the id is one");
        let master_key = MasterKey::new(MASTER_KEY);
        let now = keyward_engine::Clock::real_now();
        let keys = InstallationKeys::create(&*stored, master_key, now)
            .await
            .expect("the keys can be made");
        let store = Arc::new(FailingStore::around(Arc::clone(&stored)));
        let installation = Installation::start(Arc::clone(&store) as _, keys, options);
        let world = Self {
            installation,
            store,
            account_id,
            stored,
        };
        world.create_account(account_id, "example").await;
        world
    }

    /// Another node on the same store.
    pub async fn other_node(&self) -> Self {
        let keys = InstallationKeys::open(&*self.stored, MasterKey::new(MASTER_KEY))
            .await
            .expect("the keys can be opened");
        let store = Arc::new(FailingStore::around(Arc::clone(&self.stored)));
        let options = self.installation.options();
        let installation = Installation::start(Arc::clone(&store) as _, keys, options);
        let (account_id, stored) = (self.account_id, Arc::clone(&self.stored));
        Self {
            installation,
            store,
            account_id,
            stored,
        }
    }

    /// Makes a further account.
    pub async fn create_account(&self, id: AccountId, name: &str) {
        let new = NewAccount {
            id,
            name: name.to_owned(),
            root_email: format!("root@{name}.com"),
            with_root_credentials: false,
        };
        self.installation
            .create_account(new)
            .await
            .expect("the account can be made");
    }

    /// The account as it is now.
    pub async fn account(&self) -> Arc<Account> {
        let held = self.installation.account(self.account_id).await;
        held.expect("the store answers")
            .expect("the account is there")
            .account()
    }

    /// Replaces a text in all records of a kind, past everything that would mind. Nodes that hold
    /// the account don't notice; another one does.
    pub async fn rewrite_record(&self, kind: &'static str, from: &str, to: &str) {
        let loaded = self
            .stored
            .load(self.account_id)
            .await
            .expect("the store answers");
        let loaded = loaded.expect("the account is there");
        let expected = loaded.version;
        let records = loaded
            .into_records()
            .await
            .expect("the records can be read");
        let writes = records.iter().filter(|record| &*record.kind == kind);
        let commit = Commit {
            account: self.account_id,
            expected,
            entry_id: "rewritten".to_owned(),
            at: self.installation.clock().now(),
            writes: writes
                .map(|record| Write::put(kind, record.key.clone(), record.body.replace(from, to)))
                .collect(),
            claims: Vec::new(),
            releases: Vec::new(),
            audit: Vec::new(),
        };
        self.stored
            .commit(vec![commit])
            .await
            .expect("the store takes it");
    }

    /// Whether this is the user's present password.
    pub async fn is_password(&self, user_name: &str, password: &str) -> bool {
        let account = self.account().await;
        let user = account.user(user_name).expect("the user is there").id;
        let verifier = account
            .login_profile(user)
            .expect("the login profile is there")
            .password;
        let digest =
            self.installation
                .hash(HashQueue::SignIn, Secret::new(password), verifier.recipe);
        verifier.digest == digest.await.expect("the password can be hashed")
    }

    /// The account's root user.
    #[must_use]
    pub fn root(&self) -> Asker {
        self.root_of(self.account_id)
    }

    /// The root user of another account.
    #[must_use]
    pub fn root_of(&self, account_id: AccountId) -> Asker {
        let caller = Caller::without_key(Principal::Root);
        Asker {
            installation: Arc::clone(&self.installation),
            account_id,
            caller,
            request_context: Arc::new(RequestContext {
                source: Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
                ..RequestContext::default()
            }),
        }
    }

    /// Somebody who signs nothing, and for whom an identity provider of the account is to vouch.
    #[must_use]
    pub fn unsigned(&self) -> Asker {
        self.unsigned_of(self.account_id)
    }

    /// The same of another account.
    #[must_use]
    pub fn unsigned_of(&self, account_id: AccountId) -> Asker {
        Asker {
            caller: Caller::Unsigned,
            ..self.root_of(account_id)
        }
    }

    /// A user, with an access key that is made for it.
    pub async fn user(&self, name: &str) -> Asker {
        self.user_of(self.account_id, name).await
    }

    /// A user of another account, likewise.
    pub async fn user_of(&self, account_id: AccountId, name: &str) -> Asker {
        let root = self.root_of(account_id);
        let answer = root
            .ask("CreateAccessKey", &format!("UserName={name}"))
            .await;
        let id = AccessKeyId::parse(answer.text("AccessKeyId")).expect("a key was made");
        let held = self.installation.account(account_id).await;
        let handle = held
            .expect("the store answers")
            .expect("the account is there");
        let account = handle.account();
        let owner = account.access_key(id).expect("the key is there").owner;
        let caller = Caller::of_key(id, owner);
        Asker { caller, ..root }
    }
}

impl Asker {
    /// The same principal, in the context of another request.
    #[must_use]
    pub fn who_came(&self, request_context: RequestContext) -> Self {
        Self {
            request_context: Arc::new(request_context),
            ..self.clone()
        }
    }

    /// Whoever holds the session that was given out, in whatever account it is.
    pub async fn session(&self, given_out: &Answer) -> Self {
        let id =
            AccessKeyId::parse(given_out.text("AccessKeyId")).expect("a session was given out");
        let opened = self
            .installation
            .open_session(id, given_out.text("SessionToken"))
            .await
            .expect("the token can be opened");
        assert_eq!(
            opened.secret.expose(),
            given_out.text("SecretAccessKey"),
            "the secret is the one in the token"
        );
        Self {
            account_id: id.embedded_account().expect("the key tells its account"),
            caller: Caller::Session(opened.session),
            ..self.clone()
        }
    }

    /// Asks for what must succeed.
    pub async fn must(&self, action: &str, form: &str) -> Answer {
        let answer = self.ask(action, form).await;
        assert_eq!(answer.fault(), "200", "{action} {form}");
        answer
    }

    /// Asks for what must be refused, and gives the refusal in one line.
    pub async fn refused(&self, action: &str, form: &str) -> String {
        let fault = self.ask(action, form).await.fault();
        assert_ne!(fault, "200", "{action} {form}");
        fault
    }

    /// Asks while a commit of the account is held. Comes back when the change is queued behind that
    /// commit or the call is answered; the answer is what the handle gives, as [`Answer::fault`].
    ///
    /// # Panics
    ///
    /// When the account is not there.
    pub async fn queue(&self, action: &str, form: &str) -> JoinHandle<String> {
        let held = self.installation.account(self.account_id).await;
        let handle = held
            .expect("the store answers")
            .expect("the account is there");
        let before = handle.queued_changes();
        let (asker, action, form) = (self.clone(), action.to_owned(), form.to_owned());
        let asked = tokio::spawn(async move { asker.ask(&action, &form).await.fault() });
        while handle.queued_changes() == before && !asked.is_finished() {
            tokio::task::yield_now().await;
        }
        asked
    }

    /// Asks for several things, one after another, which must all succeed: actions and forms.
    pub async fn must_all(&self, steps: &[(&str, &str)]) {
        for (action, form) in steps {
            self.must(action, form).await;
        }
    }

    /// Asks for several things, one after another: actions, forms, and what must be answered, which
    /// is `200` or a refusal in one line.
    pub async fn check(&self, steps: &[(&str, &str, &str)]) {
        for (action, form, expected) in steps {
            let fault = self.ask(action, form).await.fault();
            assert_eq!(fault, *expected, "{action} {form}");
        }
    }

    /// Gives a user the inline policy `p` of these statements, in place of an earlier one.
    pub async fn set_user_policy(&self, user_name: &str, statements: &str) {
        let put = form(&[
            ("UserName", user_name),
            ("PolicyName", "p"),
            ("PolicyDocument", &policy_document(statements)),
        ]);
        self.must("PutUserPolicy", &put).await;
    }

    /// The same for a role.
    pub async fn set_role_policy(&self, role_name: &str, statements: &str) {
        let put = form(&[
            ("RoleName", role_name),
            ("PolicyName", "p"),
            ("PolicyDocument", &policy_document(statements)),
        ]);
        self.must("PutRolePolicy", &put).await;
    }

    /// What the gate says, `200` or the refusal in one line, about an operation that the API does not
    /// take from this caller, such as one of IAM from a federated user.
    ///
    /// # Panics
    ///
    /// When the account is not there.
    pub async fn judged(&self, action: &str, arn: &str) -> String {
        let operation = OperationId::find(Service::Iam, action)
            .unwrap_or_else(|| panic!("`{action}` is no operation of IAM"));
        let held = self.installation.account(self.account_id).await;
        let handle = held
            .expect("the store answers")
            .expect("the account is there");
        let account = handle.account();
        let access_request = AccessRequest {
            action: Action::Operation(operation),
            resource: Resource::by_arn(arn),
        };
        let managed = Managed::new(self.installation.aws_policies());
        let judged = gate::judge(
            PoliciesInForce::within(&account, managed),
            &self.caller,
            &self.request_context,
            self.installation.clock().now(),
            &access_request,
        );
        match judged {
            Ok(()) => "200".to_owned(),
            Err(fault) => {
                let code = fault.code();
                let message = fault.message().unwrap_or_default();
                format!("{} {}: {message}", code.status(), code.code())
            }
        }
    }

    /// Asks an operation of IAM, or of STS where IAM has none of that name. The parameters are a
    /// form, without `Action` and `Version`.
    pub async fn ask(&self, action: &str, form: &str) -> Answer {
        let operation = OperationId::find(Service::Iam, action)
            .or_else(|| OperationId::find(Service::Sts, action))
            .unwrap_or_else(|| panic!("`{action}` is no operation"));
        let parameters = Parameters::parse(None, form.as_bytes()).expect("the form can be read");
        let held = self.installation.account(self.account_id).await;
        let request = Request {
            parameters: &parameters,
            format: Format::Xml,
            context: CallContext {
                caller: self.caller.clone(),
                request_context: Arc::clone(&self.request_context),
                handle: held
                    .expect("the store answers")
                    .expect("the account is there"),
                installation: Arc::clone(&self.installation),
                request_id: "request-id",
            },
        };
        let reply = respond(request, operation).await;
        Answer {
            status: reply.status,
            body: reply.body,
        }
    }
}
