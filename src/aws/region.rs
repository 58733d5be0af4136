//! The region of the AWS configuration, without a call.

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;

/// The region that `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile names. The instance metadata
/// service is not asked, so that this needs no network (*AWS SDKs and Tools Reference Guide*, "AWS
/// Region").
pub async fn region() -> Option<String> {
    RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
        .or_else(ProfileFileRegionProvider::builder().build())
        .region()
        .await
        .map(|region| region.to_string())
}
