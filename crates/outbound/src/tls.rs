//! Whom we believe.

use std::path::Path;
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use tokio_rustls::TlsConnector;

use crate::OutboundFault;

/// Sets up TLS 1.3 and 1.2: the authorities that this machine trusts, and those of the operator's file.
pub(crate) fn connector(ca_file: Option<&Path>) -> Result<TlsConnector, OutboundFault> {
    let mut roots = RootCertStore::empty();
    let system = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(system.certs);
    if let Some(path) = ca_file {
        let wrong = || OutboundFault::Roots(path.to_owned());
        let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let given = read.map_err(|_| wrong())?;
        let (taken, refused) = roots.add_parsable_certificates(given);
        if taken == 0 || refused > 0 {
            return Err(wrong());
        }
    }
    if roots.is_empty() {
        return Err(OutboundFault::NoRoots);
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(OutboundFault::Settings)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}
