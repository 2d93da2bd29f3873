//! What events call the calls of a method.

use std::collections::HashSet;
use std::sync::{LazyLock, PoisonError, RwLock};

use http::Extensions;
use tonic::GrpcMethod;

/// Returns `package.Service/Method`, if the code that tonic generates has put it into the request.
///
/// Each name is kept for ever, so that events and labels of metrics have a `&'static str`. The generated code bounds their
/// number; the path of a request would not.
pub(super) fn of_method(extensions: &Extensions) -> Option<&'static str> {
    static NAMES: LazyLock<RwLock<HashSet<&'static str>>> = LazyLock::new(RwLock::default);

    let method = extensions.get::<GrpcMethod<'static>>()?;
    let name = format!("{}/{}", method.service(), method.method());
    let known = NAMES.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(name) = known.get(&*name) {
        return Some(name);
    }
    drop(known);
    let mut names = NAMES.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(name) = names.get(&*name) {
        return Some(name);
    }
    let name: &'static str = name.leak();
    names.insert(name);
    Some(name)
}
