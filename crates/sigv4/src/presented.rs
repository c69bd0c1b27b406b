//! The two steps: what a request presents, and whether it is right.

use std::{borrow::Cow, fmt};

use subtle::ConstantTimeEq;

use crate::{
    Request, Scope, SignatureError, SigningKey,
    canonical::Readings,
    encoding::lower_hex,
    form::{self, Claim, Expires},
    key::TERMINATOR,
    time::{SKEW_MINUTES, UnixTime},
};

const SKEW_SECONDS: i64 = SKEW_MINUTES * 60;

/// Finds the signature of a request and all that can be judged without a clock and without
/// knowing whose key it is.
///
/// # Errors
///
/// When there is no signature, or one that lacks a part, has an unreadable date or credential, or
/// does not cover the host.
pub fn present<'a>(request: Request<'a>) -> Result<Presented<'a>, SignatureError> {
    let claim = form::find(&request)?;
    let credential = split_credential(&claim.credential)?;
    let (time, stamp) = claim.date.read()?;
    if !claim
        .signed_headers
        .split(';')
        .any(|name| matches!(name, "host" | ":authority"))
    {
        return Err(SignatureError::HostNotSigned);
    }
    Ok(Presented {
        request,
        claim,
        credential,
        time,
        stamp,
    })
}

/// What a request presents: whose key, for what, when.
pub struct Presented<'a> {
    request: Request<'a>,
    pub(crate) claim: Claim<'a>,
    credential: Credential<'a>,
    time: UnixTime,
    /// The time as it is signed: in the basic form.
    stamp: Cow<'a, str>,
}

/// The five elements of a credential.
struct Credential<'a> {
    access_key_id: Cow<'a, str>,
    date: Cow<'a, str>,
    region: Cow<'a, str>,
    service: Cow<'a, str>,
    terminator: Cow<'a, str>,
}

/// What the caller of [`Presented::check`] serves.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The service that the scope must name, such as `iam`.
    pub service: &'a str,
    /// The regions that the scope may name.
    pub regions: Regions<'a>,
    /// Whether the service's clients sign the path without dot segments and repeated slashes. All
    /// do but those of S3.
    pub normalize_path: bool,
    /// How long a presigned request is good for.
    pub presigned: PresignedLifetime,
}

/// How long a presigned request is good for, from the time of signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresignedLifetime {
    /// As long as `X-Amz-Expires` says, up to seven days; 15 minutes without it. So does S3.
    AsAsked,
    /// 15 minutes, like a request that is signed in its header, whatever `X-Amz-Expires` says. So does
    /// STS: tokens for Kubernetes clusters ask for 60 seconds and are kept for 14 minutes.
    LikeHeaders,
}

/// Which regions are served.
#[derive(Debug, Clone, Copy)]
pub enum Regions<'a> {
    /// Any name.
    Any,
    /// These alone.
    Only(&'a [&'a str]),
}

impl Presented<'_> {
    /// The access key id, as it came: it may be of any form.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.credential.access_key_id
    }

    /// The session token, signed or not. Whether it belongs to the key is for the caller to say.
    #[must_use]
    pub fn session_token(&self) -> Option<&str> {
        self.claim.session_token.as_deref()
    }

    /// The scope, as it came: by it the key is derived.
    #[must_use]
    pub fn scope(&self) -> Scope<'_> {
        let Credential {
            date,
            region,
            service,
            ..
        } = &self.credential;
        Scope {
            date,
            region,
            service,
        }
    }

    /// The time of signing that the request tells.
    #[must_use]
    pub fn time(&self) -> UnixTime {
        self.time
    }

    /// Whether the signature is in the query.
    #[must_use]
    pub fn is_presigned(&self) -> bool {
        self.claim.expires.is_some()
    }

    /// Judges time and scope, at `now` in seconds since 1970: all that needs no secret.
    ///
    /// # Errors
    ///
    /// When the time of signing is too far from `now` or past its expiry, or when the scope is
    /// not for the expected service and region, this signature version and the day of signing.
    pub fn judge(&self, expected: &Expected<'_>, now: i64) -> Result<(), SignatureError> {
        self.judge_time(expected.presigned, UnixTime(now))?;
        self.judge_scope(expected)
    }

    /// Checks all: [`judge`](Self::judge), and then that the signature is that of `key`, compared
    /// in constant time. `key` must have been derived for [`scope`](Self::scope).
    ///
    /// # Errors
    ///
    /// Those of `judge`, and [`SignatureError::Mismatch`].
    pub fn check(
        &self,
        key: &SigningKey,
        expected: &Expected<'_>,
        now: i64,
    ) -> Result<(), SignatureError> {
        self.judge(expected, now)?;
        let normalize = expected.normalize_path;
        let readings = Readings::of(&self.request, &self.claim, expected.service, normalize)
            .ok_or(SignatureError::Mismatch)?;
        let given = self.claim.signature.as_bytes();
        let right = readings.any(self.scope(), &self.stamp, |text| {
            lower_hex(&key.sign(text)).ct_eq(given).into()
        });
        if right {
            Ok(())
        } else {
            Err(SignatureError::Mismatch)
        }
    }

    fn judge_time(&self, lifetime: PresignedLifetime, now: UnixTime) -> Result<(), SignatureError> {
        let time = self.time;
        let latest = now.plus(SKEW_SECONDS);
        if time > latest {
            return Err(SignatureError::NotYetCurrent { time, latest, now });
        }
        let asked = match lifetime {
            PresignedLifetime::AsAsked => self.claim.expires,
            PresignedLifetime::LikeHeaders => None,
        };
        match asked {
            Some(Expires::Invalid) => Err(SignatureError::MissingParameter {
                parameter: "X-Amz-Expires",
            }),
            Some(Expires::Seconds(seconds)) if now > time.plus(i64::from(seconds)) => {
                Err(SignatureError::PresignedExpired)
            }
            Some(Expires::Absent) if now > time.plus(SKEW_SECONDS) => {
                Err(SignatureError::PresignedExpired)
            }
            Some(Expires::Absent | Expires::Seconds(_)) => Ok(()),
            None => {
                let earliest = now.plus(-SKEW_SECONDS);
                if time < earliest {
                    return Err(SignatureError::TooOld {
                        time,
                        earliest,
                        now,
                    });
                }
                Ok(())
            }
        }
    }

    fn judge_scope(&self, expected: &Expected<'_>) -> Result<(), SignatureError> {
        let Credential {
            date,
            region,
            service,
            terminator,
            ..
        } = &self.credential;
        let served = match expected.regions {
            Regions::Any => true,
            Regions::Only(regions) => regions.iter().any(|served| served == region),
        };
        if !served {
            return Err(SignatureError::WrongRegion);
        }
        if service != expected.service {
            return Err(SignatureError::WrongService {
                service: expected.service.to_owned(),
            });
        }
        if terminator != TERMINATOR {
            return Err(SignatureError::WrongTerminator);
        }
        let request_date = self.stamp.split('T').next().unwrap_or_default();
        if date != request_date {
            return Err(SignatureError::WrongDay {
                scope_date: date.to_string(),
                request_date: request_date.to_owned(),
                time: self.time,
            });
        }
        Ok(())
    }
}

impl fmt::Debug for Presented<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Presented")
            .field("access_key_id", &self.access_key_id())
            .field("scope", &self.scope())
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}

fn split_credential<'a>(credential: &Cow<'a, str>) -> Result<Credential<'a>, SignatureError> {
    let elements = match credential {
        Cow::Borrowed(text) => five(text).map(|elements| elements.map(Cow::Borrowed)),
        Cow::Owned(text) => {
            five(text).map(|elements| elements.map(|element| Cow::Owned(element.to_owned())))
        }
    };
    let [access_key_id, date, region, service, terminator] =
        elements.ok_or_else(|| SignatureError::MalformedCredential {
            credential: credential.to_string(),
        })?;
    Ok(Credential {
        access_key_id,
        date,
        region,
        service,
        terminator,
    })
}

fn five(credential: &str) -> Option<[&str; 5]> {
    let mut elements = credential.split('/');
    let five = [
        elements.next()?,
        elements.next()?,
        elements.next()?,
        elements.next()?,
        elements.next()?,
    ];
    elements.next().is_none().then_some(five)
}

#[cfg(test)]
mod tests;
