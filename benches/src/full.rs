//! An account as full as quotas let it be against one with a hundred of each: 5,000 users in 300 groups,
//! 1,000 roles and 1,500 managed policies, with what hangs on them.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::children::{Running, this_program};
use crate::figures::{Rounds, heading};
use crate::installed::Installed;
use crate::load::{Until, load};
use crate::signing::{ask, encoded, signed};

const ROUNDS: usize = 5;
const CONNECTIONS: usize = 16;
const ROUND_TIME: Duration = Duration::from_secs(2);
/// Requests signed beforehand for one connection and round.
const REQUESTS: usize = 500;

const SMALL: Size = Size {
    users: 100,
    groups: 10,
    roles: 100,
    policies: 100,
};
const FULL: Size = Size {
    users: 5_000,
    groups: 300,
    roles: 1_000,
    policies: 1_500,
};

pub(crate) fn run() -> anyhow::Result<()> {
    let (small, full) = (Filled::make("small", SMALL)?, Filled::make("full", FULL)?);
    heading(
        "Reads in the full account, against the bare server (requests a second, 16 connections)",
    );
    full.against_bare("signed GetUser", "55, aim 80", |number| {
        format!(
            "Action=GetUser&UserName=user-{:05}",
            number * 7 % FULL.users
        )
    })?;
    full.against_bare("ListUsers, page of 100", "30, aim 50", |_| {
        "Action=ListUsers&MaxItems=100".to_owned()
    })?;
    heading(
        "Time a request takes in the full account, against one with a hundred (requests a second)",
    );
    for (what, form) in works() {
        compare(&small, &full, what, form)?;
    }
    heading("Reads beside one client that asks for all authorization details (requests a second)");
    full.beside_details()
}

/// How much of everything an account has.
#[derive(Clone, Copy)]
struct Size {
    users: usize,
    groups: usize,
    roles: usize,
    policies: usize,
}

struct Filled {
    installed: Installed,
    server: Running,
    size: Size,
}

/// A request by the account's size and a number that no other request of its kind has.
type Form = fn(Size, usize) -> String;

fn works() -> [(&'static str, Form); 9] {
    [
        ("CreateUser", |_, number| {
            format!("Action=CreateUser&UserName=new-{number:07}")
        }),
        ("CreateRole", |_, number| {
            let trust = encoded(&trust());
            format!("Action=CreateRole&RoleName=new-{number:07}&AssumeRolePolicyDocument={trust}")
        }),
        ("PutUserPermissionsBoundary", |size, number| {
            let name = if number.is_multiple_of(2) {
                "AdministratorAccess"
            } else {
                "ReadOnlyAccess"
            };
            let user = number % size.users;
            let arn = encoded(&format!("arn:aws:iam::aws:policy/{name}"));
            format!(
                "Action=PutUserPermissionsBoundary&UserName=user-{user:05}&PermissionsBoundary={arn}"
            )
        }),
        ("ListUsers, page of 100", |_, _| {
            "Action=ListUsers&MaxItems=100".to_owned()
        }),
        ("ListRoles, page of 100", |_, _| {
            "Action=ListRoles&MaxItems=100".to_owned()
        }),
        ("ListPolicies of the account's own, page of 100", |_, _| {
            "Action=ListPolicies&Scope=Local&MaxItems=100".to_owned()
        }),
        ("ListEntitiesForPolicy, page of 100", |_, _| {
            let arn = encoded("arn:aws:iam::aws:policy/ReadOnlyAccess");
            format!("Action=ListEntitiesForPolicy&PolicyArn={arn}&MaxItems=100")
        }),
        ("GetGroup, page of 100", |_, _| {
            "Action=GetGroup&GroupName=everyone&MaxItems=100".to_owned()
        }),
        ("GetAccountAuthorizationDetails, page of 100", |_, _| {
            "Action=GetAccountAuthorizationDetails&MaxItems=100".to_owned()
        }),
    ]
}

fn trust() -> String {
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}"#
        .to_owned()
}

fn document() -> String {
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/*"]}]}"#
        .to_owned()
}

impl Filled {
    fn make(name: &str, size: Size) -> anyhow::Result<Self> {
        let installed = Installed::make(name)?;
        let server = installed.serve()?;
        let filled = Self {
            installed,
            server,
            size,
        };
        filled.fill()?;
        Ok(filled)
    }

    fn fill(&self) -> anyhow::Result<()> {
        let Size {
            users,
            groups,
            roles,
            policies,
        } = self.size;
        let (trust, document) = (encoded(&trust()), encoded(&document()));
        let own = |number: usize| {
            encoded(&format!(
                "arn:aws:iam::123456789012:policy/policy-{number:05}"
            ))
        };
        let read_only = encoded("arn:aws:iam::aws:policy/ReadOnlyAccess");
        self.all(users, |number| {
            format!("Action=CreateUser&UserName=user-{number:05}&Path=%2Fpeople%2F")
        })?;
        self.all(groups, |number| {
            format!("Action=CreateGroup&GroupName=group-{number:05}")
        })?;
        self.all(1, |_| "Action=CreateGroup&GroupName=everyone".to_owned())?;
        self.all(policies, |number| {
            format!("Action=CreatePolicy&PolicyName=policy-{number:05}&PolicyDocument={document}")
        })?;
        self.all(roles, |number| {
            format!("Action=CreateRole&RoleName=role-{number:05}&AssumeRolePolicyDocument={trust}")
        })?;
        self.all(users, |number| {
            format!("Action=AddUserToGroup&GroupName=everyone&UserName=user-{number:05}")
        })?;
        self.all(users, |number| {
            let group = number % groups;
            format!("Action=AddUserToGroup&GroupName=group-{group:05}&UserName=user-{number:05}")
        })?;
        self.all(users, |number| {
            format!("Action=AttachUserPolicy&UserName=user-{number:05}&PolicyArn={read_only}")
        })?;
        self.all(roles, |number| {
            let arn = own(number % policies);
            format!("Action=AttachRolePolicy&RoleName=role-{number:05}&PolicyArn={arn}")
        })?;
        self.all(groups, |number| {
            format!(
                "Action=PutGroupPolicy&GroupName=group-{number:05}&PolicyName=p&PolicyDocument={document}"
            )
        })
    }

    /// Sends so many requests, each once.
    fn all(&self, count: usize, form: impl Fn(usize) -> String) -> anyhow::Result<()> {
        let mut requests = vec![Vec::new(); CONNECTIONS.min(count)];
        for (number, connection) in (0..count).zip((0..requests.len()).cycle()) {
            let request = signed(&self.installed.key, self.server.address, &form(number))?;
            if let Some(requests) = requests.get_mut(connection) {
                requests.push(request);
            }
        }
        let never = AtomicBool::new(false);
        load(self.server.address, &requests, false, Until::Told(&never)).map(drop)
    }

    fn rate(&self, repeat: bool, form: impl Fn(usize) -> String) -> anyhow::Result<f64> {
        let requests = (0..CONNECTIONS)
            .map(|connection| {
                (0..REQUESTS * if repeat { 1 } else { 8 })
                    .map(|number| {
                        // No two connections send the same.
                        let form = form(connection * REQUESTS * 8 + number);
                        signed(&self.installed.key, self.server.address, &form)
                    })
                    .collect()
            })
            .collect::<anyhow::Result<Vec<Vec<_>>>>()?;
        let until = Until::Elapsed(ROUND_TIME);
        Ok(load(self.server.address, &requests, repeat, until)?.per_second())
    }

    /// Reads against the bare server answering as many bytes to the same requests.
    fn against_bare(
        &self,
        what: &str,
        must: &str,
        form: impl Fn(usize) -> String,
    ) -> anyhow::Result<()> {
        let body = ask(&self.installed.key, self.server.address, &form(0))?;
        let bare = Running::start(this_program()?.args(["bare-server", &body.len().to_string()]))?;
        let mut rounds = Rounds::default();
        for round in 0..=ROUNDS {
            let requests = (0..CONNECTIONS)
                .map(|connection| {
                    let request = signed(&self.installed.key, bare.address, &form(connection));
                    Ok(vec![request?])
                })
                .collect::<anyhow::Result<Vec<_>>>()?;
            let until = Until::Elapsed(ROUND_TIME);
            let reference = load(bare.address, &requests, true, until)?.per_second();
            let ours = self.rate(true, &form)?;
            if round > 0 {
                rounds.push(reference, ours);
            }
        }
        rounds.report(what, "/s", must);
        Ok(())
    }

    /// Reads while another client asks for all authorization details again and again, against none.
    fn beside_details(&self) -> anyhow::Result<()> {
        let form = |number: usize| {
            format!(
                "Action=GetUser&UserName=user-{:05}",
                number * 7 % self.size.users
            )
        };
        let details = "Action=GetAccountAuthorizationDetails&MaxItems=1000";
        let request = vec![vec![signed(
            &self.installed.key,
            self.server.address,
            details,
        )?]];
        let mut rounds = Rounds::default();
        let mut slowest = (Duration::ZERO, Duration::ZERO);
        for round in 0..=ROUNDS {
            let measured = || {
                let requests = (0..CONNECTIONS)
                    .map(|connection| {
                        let form = form(connection);
                        Ok(vec![signed(
                            &self.installed.key,
                            self.server.address,
                            &form,
                        )?])
                    })
                    .collect::<anyhow::Result<Vec<_>>>()?;
                load(
                    self.server.address,
                    &requests,
                    true,
                    Until::Elapsed(ROUND_TIME),
                )
            };
            let alone = measured()?;
            let stop = AtomicBool::new(false);
            let beside = std::thread::scope(|scope| {
                let other =
                    scope.spawn(|| load(self.server.address, &request, true, Until::Told(&stop)));
                let beside = measured();
                stop.store(true, std::sync::atomic::Ordering::Relaxed);
                let asked = other
                    .join()
                    .map_err(|_| anyhow::anyhow!("a client panicked"))??;
                anyhow::Ok((beside?, asked.answered))
            })?;
            anyhow::ensure!(beside.1 > 0, "no details were answered");
            if round > 0 {
                rounds.push(alone.per_second(), beside.0.per_second());
                slowest = (
                    slowest.0.max(alone.percentile(0.99)),
                    slowest.1.max(beside.0.percentile(0.99)),
                );
            }
        }
        rounds.report("signed GetUser", "/s", "50");
        println!(
            "p99 of GetUser: {:.2} ms alone, {:.2} ms beside (the slowest rounds)",
            slowest.0.as_secs_f64() * 1e3,
            slowest.1.as_secs_f64() * 1e3
        );
        Ok(())
    }
}

fn compare(small: &Filled, full: &Filled, what: &str, form: Form) -> anyhow::Result<()> {
    let repeat = !what.starts_with("Create");
    let mut rounds = Rounds::default();
    for round in 0..=ROUNDS {
        let rate = |filled: &Filled| {
            filled.rate(repeat, |number| {
                // What is made anew in each round needs names of its own.
                let first = if repeat { 0 } else { round * 1_000_000 };
                form(filled.size, first + number)
            })
        };
        let (small_rate, full_rate) = (rate(small)?, rate(full)?);
        if round > 0 {
            rounds.push(small_rate, full_rate);
        }
    }
    rounds.report(what, "/s", "71 (1.4 times)");
    Ok(())
}
