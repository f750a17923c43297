//! Certificate and key.

use std::path::Path;
use std::sync::Arc;

use rustls::{InconsistentKeys, ServerConfig};
use rustls_pki_types::pem::{Error as PemError, PemObject as _};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::fault::ServeFault;

/// Reads certificate chain and key, both PEM, and sets up TLS 1.3 and 1.2 (RFC 9325 §3.1.1, §4.2).
pub(crate) fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor, ServeFault> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong(error, certificate, ServeFault::NoCertificate))?;
    if chain.is_empty() {
        return Err(ServeFault::NoCertificate(certificate.to_owned()));
    }
    refuse_exposed(key)?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(error, key, ServeFault::NoKey))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(ServeFault::Tls)?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => ServeFault::Mismatched {
                certificate: certificate.display().to_string(),
                key: key.display().to_string(),
            },
            other => ServeFault::Tls(other),
        })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn wrong(error: PemError, path: &Path, otherwise: fn(std::path::PathBuf) -> ServeFault) -> ServeFault {
    match error {
        PemError::Io(error) => ServeFault::Unreadable(path.to_owned(), error),
        _ => otherwise(path.to_owned()),
    }
}

/// Refuses a key that anybody on the machine may read, or that its group may change. That its group may read it is how
/// distributions hand keys to services (`ssl-cert`).
#[cfg(unix)]
fn refuse_exposed(key: &Path) -> Result<(), ServeFault> {
    use std::os::unix::fs::PermissionsExt as _;
    let meta = std::fs::metadata(key).map_err(|error| ServeFault::Unreadable(key.to_owned(), error))?;
    if meta.permissions().mode() & 0o027 == 0 { Ok(()) } else { Err(ServeFault::KeyExposed(key.to_owned())) }
}

#[cfg(not(unix))]
fn refuse_exposed(_: &Path) -> Result<(), ServeFault> {
    Ok(())
}
