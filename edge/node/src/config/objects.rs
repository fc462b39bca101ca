//! `[objects]`: the S3-compatible storage for the tiles of logs.

use super::form::ObjectsForm;
use super::place::{ConfigFault, Given, NamedFile};
use super::read::Reader;
use url::Url;

/// The region where nothing is said: the one that storages outside Amazon's cloud take.
const REGION: &str = "us-east-1";

/// An S3-compatible storage.
#[derive(Clone, Debug)]
pub struct ObjectStorage {
    /// Its address, without the bucket.
    pub endpoint: Url,
    /// The bucket.
    pub bucket: String,
    /// The region that requests are signed for.
    pub region: String,
    /// What every name begins with: nothing, or a path that ends with a slash.
    pub prefix: String,
    /// As whom.
    pub access_key: String,
    /// The file with the secret that belongs to it.
    pub secret_key: NamedFile,
}

impl Reader<'_> {
    pub(super) fn objects(&self, form: ObjectsForm) -> Result<Option<ObjectStorage>, ConfigFault> {
        let endpoint = self.given(form.endpoint, "CHAPAR_OBJECTS_ENDPOINT");
        let bucket = self.given(form.bucket, "CHAPAR_OBJECTS_BUCKET");
        let access_key = self.given(form.access_key, "CHAPAR_OBJECTS_ACCESS_KEY");
        let secret_key = self.given(form.secret_key_file, "CHAPAR_OBJECTS_SECRET_KEY_FILE");
        let region = self.given(form.region, "CHAPAR_OBJECTS_REGION");
        let prefix = self.given(form.prefix, "CHAPAR_OBJECTS_PREFIX");
        let prefix = prefix.as_ref().map_or_else(|| Ok(String::new()), path)?;
        let (Some(endpoint), Some(bucket), Some(access_key), Some(secret_key)) =
            (&endpoint, &bucket, &access_key, &secret_key)
        else {
            return match [endpoint, bucket, access_key, secret_key].into_iter().flatten().next() {
                Some(alone) => Err(alone.refuse(
                    "is not all that an object storage needs",
                    "`endpoint`, `bucket`, `access_key` and `secret_key_file`, or none of them",
                )),
                None => Ok(None),
            };
        };
        Ok(Some(ObjectStorage {
            endpoint: address(endpoint)?,
            bucket: name(bucket)?,
            region: region.map_or_else(|| REGION.to_owned(), |given| given.value),
            prefix,
            access_key: access_key.value.clone(),
            secret_key: self.file(secret_key.clone()),
        }))
    }
}

fn address(given: &Given) -> Result<Url, ConfigFault> {
    let url = Url::parse(&given.value).ok();
    let fits = |url: &Url| {
        let is_bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        matches!(url.scheme(), "http" | "https") && url.has_host() && is_bare
    };
    url.filter(fits).ok_or_else(|| {
        given.refuse(
            "is no address of an object storage",
            "where it speaks S3, without the bucket, e.g. \"https://s3.inner.example\"",
        )
    })
}

/// Amazon's rules for names of buckets, as far as they protect an address.
fn name(given: &Given) -> Result<String, ConfigFault> {
    let is_of_it = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    match (3..=63).contains(&given.value.len()) && given.value.bytes().all(is_of_it) {
        true => Ok(given.value.clone()),
        false => Err(given.refuse(
            "is no name of a bucket",
            "3 to 63 small letters, digits, dots and hyphens, e.g. \"chapar-tiles\"",
        )),
    }
}

/// A path of plain words, with a slash at its end.
fn path(given: &Given) -> Result<String, ConfigFault> {
    let is_of_it = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let words = given.value.trim_end_matches('/');
    let fits = |word: &str| !word.is_empty() && word != "." && word != ".." && word.bytes().all(is_of_it);
    match words.split('/').all(fits) {
        true => Ok(format!("{words}/")),
        false => Err(given.refuse(
            "is no path of plain words",
            "letters, digits, dots, hyphens and slashes between them, e.g. \"node-a\"",
        )),
    }
}
