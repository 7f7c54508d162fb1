//! A port on loopback: accepts, serves HTTP/1.1, and can be shut and opened again.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use std::{fmt, io};

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::{Answer, Call, Host, Site};

/// Larger requests are not read.
const MAX_REQUEST: usize = 16 << 20;

/// How long opening or shutting may take before it is given up.
const PATIENCE: Duration = Duration::from_secs(5);

/// A listening port; shut when dropped.
pub(crate) struct Port {
    address: SocketAddr,
    open: watch::Sender<bool>,
    really_open: Arc<(Mutex<bool>, Condvar)>,
    tls: SharedTls,
    stop: CancellationToken,
}

/// What new connections are met with; None: plain HTTP.
type SharedTls = Arc<Mutex<Option<TlsAcceptor>>>;

impl Port {
    /// Opens a free port on 127.0.0.1.
    pub(crate) fn open(host: &Host, tls: Option<TlsAcceptor>, site: Arc<dyn Site>) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let listener = {
            let _inside = host.handle().enter();
            TcpListener::from_std(listener)?
        };
        let (open, is_open) = watch::channel(true);
        let stop = CancellationToken::new();
        let really_open = Arc::new((Mutex::new(true), Condvar::new()));
        let tls = Arc::new(Mutex::new(tls));
        let gate = Gate { address, tls: tls.clone(), site, open: is_open, really_open: really_open.clone() };
        let stopped = stop.clone();
        host.spawn(async move {
            stopped.run_until_cancelled_owned(gate.run(listener)).await;
        });
        Ok(Self { address, open, really_open, tls, stop })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Shut: new connections are refused and old ones are cut. Open: as before, on the same port.
    /// It is so when this returns. Not to be called from the port's own thread.
    pub(crate) fn set_open(&self, open: bool) {
        if self.stop.is_cancelled() {
            return;
        }
        self.open.send_replace(open);
        let (really_open, changed) = &*self.really_open;
        let now = really_open.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = changed.wait_timeout_while(now, PATIENCE, |now| *now != open);
        if outcome.is_ok_and(|(_, timeout)| timeout.timed_out()) {
            tracing::warn!(address = %self.address, open, "the port did not follow");
        }
    }

    /// Shows another certificate from the next connection on; what is open stays as it is.
    pub(crate) fn set_tls(&self, tls: Option<TlsAcceptor>) {
        *self.tls.lock().unwrap_or_else(PoisonError::into_inner) = tls;
    }

    /// Shuts it for good.
    pub(crate) fn stop(&self) {
        self.set_open(false);
        self.stop.cancel();
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl fmt::Debug for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Port({})", self.address)
    }
}

/// What the accepting task owns.
struct Gate {
    address: SocketAddr,
    tls: SharedTls,
    site: Arc<dyn Site>,
    open: watch::Receiver<bool>,
    really_open: Arc<(Mutex<bool>, Condvar)>,
}

impl Gate {
    async fn run(mut self, mut listener: TcpListener) {
        loop {
            let cut = CancellationToken::new();
            let _cut_on_exit = cut.clone().drop_guard();
            self.accept(&listener, &cut).await;
            drop(listener);
            cut.cancel();
            // The connections' turn comes first: they are gone before anyone is told.
            tokio::task::yield_now().await;
            self.say(false);
            if self.open.wait_for(|open| *open).await.is_err() {
                return;
            }
            listener = loop {
                match TcpListener::bind(self.address).await {
                    Ok(listener) => break listener,
                    Err(error) => {
                        // Someone else took the port meanwhile, or the system is slow to let it go.
                        tracing::warn!(address = %self.address, %error, "cannot listen again yet");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
            };
            self.say(true);
        }
    }

    /// Tells who waits in `set_open`.
    fn say(&self, open: bool) {
        let (really_open, changed) = &*self.really_open;
        *really_open.lock().unwrap_or_else(PoisonError::into_inner) = open;
        changed.notify_all();
    }

    /// Accepts until the gate is to be shut.
    async fn accept(&mut self, listener: &TcpListener, cut: &CancellationToken) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = self.open.wait_for(|open| !open) => return,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let tls = self.tls.lock().unwrap_or_else(PoisonError::into_inner).clone();
                    let connection = connection(stream, peer, tls, self.site.clone());
                    tokio::spawn(cut.clone().run_until_cancelled_owned(connection));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
}

/// Serves one connection to its end.
async fn connection(stream: TcpStream, peer: SocketAddr, tls: Option<TlsAcceptor>, site: Arc<dyn Site>) {
    let served = async {
        stream.set_nodelay(true)?;
        // A second handle to the socket, to reset it from inside a request.
        let stream = stream.into_std()?;
        let twin = Arc::new(stream.try_clone()?);
        let stream = TcpStream::from_std(stream)?;
        match tls {
            Some(tls) => serve(tls.accept(stream).await?, twin, peer, site).await,
            None => serve(stream, twin, peer, site).await,
        }
    };
    if let Err(error) = served.await {
        tracing::debug!(%peer, %error, "connection ended");
    }
}

async fn serve<S>(
    stream: S,
    twin: Arc<std::net::TcpStream>,
    peer: SocketAddr,
    site: Arc<dyn Site>,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let service = service_fn(|request| {
        let (site, twin) = (site.clone(), twin.clone());
        async move {
            let answer = match read(request, peer).await {
                Ok(call) => site.answer(call).await,
                Err(_) => Answer::Reset,
            };
            match answer {
                Answer::Reply(response) => Ok(response),
                Answer::Hang => std::future::pending().await,
                Answer::Reset => {
                    // Lingering for no time makes the close a reset (RST) instead of an end (FIN).
                    SockRef::from(&*twin).set_linger(Some(Duration::ZERO))?;
                    Err(io::Error::from(io::ErrorKind::ConnectionReset))
                }
            }
        }
    });
    hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await
        .map_err(io::Error::other)
}

/// Reads a request whole.
async fn read(
    request: http::Request<Incoming>,
    peer: SocketAddr,
) -> Result<Call, Box<dyn std::error::Error + Send + Sync>> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, MAX_REQUEST).collect().await?.to_bytes();
    let raw_query = head.uri.query().unwrap_or_default().to_owned();
    let query = url::form_urlencoded::parse(raw_query.as_bytes()).into_owned().collect();
    let path = head.uri.path().to_owned();
    Ok(Call { method: head.method, path, raw_query, query, headers: head.headers, body, peer: peer.ip() })
}
