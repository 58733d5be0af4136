//! One call on one bucket.

/// Calls an operation on a bucket, which has to belong to the account, and waits for the answer;
/// behind the bucket's name come the other settings of the request.
macro_rules! on_bucket {
    ($cx:expr, $operation:literal, $method:ident, $name:expr $(, $setting:ident($value:expr))*) => {{
        let owner = $crate::aws::s3::bucket_parts::owner($cx);
        $cx.call($operation, || {
            $cx.s3()
                .$method()
                .bucket($name)
                .set_expected_bucket_owner(owner.clone())
                $(.$setting($value.clone()))*
                .send()
        })
        .await
    }};
}

pub(super) use on_bucket;
