//! Whom to trust when TLS is spoken.

use std::sync::Arc;

use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::client::{WebPkiServerVerifier, verify_server_name};
use tokio_rustls::rustls::crypto::{
    CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::Decode as _;

use crate::OutboundError;
use crate::thumbprint::thumbprint;

/// The authorities, and the means to check what they signed.
#[derive(Debug)]
pub(crate) struct Authorities {
    provider: Arc<CryptoProvider>,
    /// `None` where there is no authority at all.
    verifier: Option<Arc<WebPkiServerVerifier>>,
}

impl Authorities {
    /// The authorities of the operating system and the operator's own. Those of the system that can't
    /// be read are told and passed over; one of the operator's is an error.
    pub(crate) fn new(own: &[CertificateDer<'static>]) -> Result<Self, OutboundError> {
        let mut roots = RootCertStore::empty();
        let native = rustls_native_certs::load_native_certs();
        for error in native.errors {
            tracing::warn!(%error, "authorities of the operating system can't be read");
        }
        let (_, unread) = roots.add_parsable_certificates(native.certs);
        if unread > 0 {
            tracing::warn!(unread, "authorities of the operating system can't be read");
        }
        for (place, authority) in own.iter().enumerate() {
            let added = roots.add(authority.clone());
            added.map_err(|_| OutboundError::Authority(place + 1))?;
        }
        if roots.is_empty() {
            tracing::warn!("no authority is trusted: keys are fetched by thumbprint only");
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(roots.into(), provider.clone());
        Ok(Self {
            verifier: verifier.build().ok(),
            provider,
        })
    }

    /// TLS with hosts that an authority vouches for, or that one of these thumbprints does.
    pub(crate) fn trusting(
        self: &Arc<Self>,
        thumbprints: &[String],
    ) -> Result<ClientConfig, OutboundError> {
        self.client(ThumbprintVerifier {
            authorities: Arc::clone(self),
            thumbprints: thumbprints.to_vec(),
        })
    }

    /// TLS with anybody, to see which certificates are presented. What is said over it is not to be
    /// believed.
    pub(crate) fn trusting_anybody(self: &Arc<Self>) -> Result<ClientConfig, OutboundError> {
        self.client(AnyServerVerifier(Arc::clone(self)))
    }

    fn client(
        &self,
        verifier: impl ServerCertVerifier + 'static,
    ) -> Result<ClientConfig, OutboundError> {
        let mut client = ClientConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|_| OutboundError::Tls)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        client.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(client)
    }

    /// Whether a chain ends at a presented certificate that is trusted by its thumbprint.
    fn ends_at(
        &self,
        trusted: &CertificateDer<'_>,
        presented: &Presented<'_>,
    ) -> Result<ServerCertVerified, Error> {
        let mut roots = RootCertStore::empty();
        roots.add(trusted.clone().into_owned())?;
        WebPkiServerVerifier::builder_with_provider(roots.into(), self.provider.clone())
            .build()
            .map_err(|_| CertificateError::UnknownIssuer)?
            .verify_server_cert(
                presented.end_entity,
                presented.intermediates,
                presented.name,
                presented.ocsp,
                presented.now,
            )
    }

    fn signature12(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn signature13(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// What a server presented.
struct Presented<'a> {
    end_entity: &'a CertificateDer<'a>,
    intermediates: &'a [CertificateDer<'a>],
    name: &'a ServerName<'a>,
    ocsp: &'a [u8],
    now: UnixTime,
}

impl Presented<'_> {
    /// Whether the server's own certificate, which is trusted by its thumbprint, is for this name
    /// and this time. Nobody need have signed it, and it may say that it is an authority, as
    /// certificates that are made by hand often do.
    fn is_itself_trusted(&self) -> Result<ServerCertVerified, Error> {
        verify_server_name(&ParsedCertificate::try_from(self.end_entity)?, self.name)?;
        let certificate = CertificateInner::<Raw>::from_der(self.end_entity)
            .map_err(|_| CertificateError::BadEncoding)?;
        let now = self.now.as_secs();
        let validity = &certificate.tbs_certificate.validity;
        if now < validity.not_before.to_unix_duration().as_secs() {
            Err(CertificateError::NotValidYet.into())
        } else if now > validity.not_after.to_unix_duration().as_secs() {
            Err(CertificateError::Expired.into())
        } else {
            Ok(ServerCertVerified::assertion())
        }
    }
}

/// Trusts whom an authority vouches for. Failing that, a presented certificate with one of the
/// thumbprints is the authority of its chain.
#[derive(Debug)]
struct ThumbprintVerifier {
    authorities: Arc<Authorities>,
    thumbprints: Vec<String>,
}

impl ServerCertVerifier for ThumbprintVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let presented = Presented {
            end_entity,
            intermediates,
            name: server_name,
            ocsp: ocsp_response,
            now,
        };
        let refusal = match &self.authorities.verifier {
            None => CertificateError::UnknownIssuer.into(),
            Some(verifier) => {
                let verified = verifier.verify_server_cert(
                    end_entity,
                    intermediates,
                    server_name,
                    ocsp_response,
                    now,
                );
                match verified {
                    Ok(verified) => return Ok(verified),
                    Err(refusal) => refusal,
                }
            }
        };
        let is_named =
            |certificate: &CertificateDer<'_>| self.thumbprints.contains(&thumbprint(certificate));
        if !self.thumbprints.is_empty() {
            if is_named(end_entity)
                && let Ok(verified) = presented.is_itself_trusted()
            {
                return Ok(verified);
            }
            for certificate in intermediates {
                if is_named(certificate)
                    && let Ok(verified) = self.authorities.ends_at(certificate, &presented)
                {
                    return Ok(verified);
                }
            }
        }
        Err(refusal)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities.signature12(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities.signature13(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authorities.schemes()
    }
}

/// Takes any certificate whose key the server has.
#[derive(Debug)]
struct AnyServerVerifier(Arc<Authorities>);

impl ServerCertVerifier for AnyServerVerifier {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.signature12(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.signature13(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.schemes()
    }
}
