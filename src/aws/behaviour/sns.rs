//! How SNS answers.

use super::{BUSY, Class, NEW, Row};

pub(super) const ROWS: &[Row] = &[
    Row("sns:", &["NotFound", "NotFoundException", "ResourceNotFound"], "", Class::Absent),
    Row("sns:CreateTopic", &["InvalidParameter"], "already exists with different", Class::Exists),
    Row("sns:Subscribe", &["InvalidParameter"], "already exists with different", Class::Exists),
    Row("sns:Unsubscribe", &["InvalidParameter"], "pending confirmation", Class::Absent),
    Row("sns:", &["InvalidParameter"], "PrincipalNotFound", NEW),
    Row("sns:", &["InvalidParameter"], "is not a valid role to allow SNS", NEW),
    Row("sns:", &["ConcurrentAccess", "ConcurrentAccessException", "StaleTag"], "", BUSY),
    Row(
        "sns:",
        &["TopicLimitExceeded", "SubscriptionLimitExceeded", "FilterPolicyLimitExceeded"],
        "",
        Class::Terminal(
            "an SNS quota of this account is used up; raise it under Service Quotas or remove what nothing uses",
        ),
    ),
];
