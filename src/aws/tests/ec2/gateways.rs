//! NAT gateways and what they stand on.

use super::{held_by_others, list};
use crate::aws::injected::{Answer, Injected, done, held, refuse, xml};
use crate::aws::{
    ElasticIp, ElasticIpInputs, ElasticIpOutputs, InternetGateway, InternetGatewayInputs,
    InternetGatewayOutputs, NatGateway, NatGatewayInputs, NatGatewayOutputs,
};
use crate::graph::{FaultKind, Held, Id, Resource};

fn inputs() -> NatGatewayInputs {
    NatGatewayInputs {
        subnet: "subnet-1".into(),
        allocation: "eipalloc-1".into(),
        ..NatGatewayInputs::default()
    }
}

fn existing() -> Held<NatGateway> {
    held("nat-1", inputs(), NatGatewayOutputs { id: "nat-1".to_owned() })
}

fn made() -> Answer {
    xml("<natGateway><natGatewayId>nat-1</natGatewayId><state>pending</state></natGateway>")
}

fn nat(state: &str) -> Answer {
    let more =
        "<failureCode>Gateway.NotAttached</failureCode><failureMessage>no gateway</failureMessage>";
    let more = if state == "failed" { more } else { "" };
    let item = format!("<natGatewayId>nat-1</natGatewayId><state>{state}</state>{more}");
    list("natGatewaySet", &[item])
}

fn absent() -> Answer {
    refuse("NatGatewayNotFound", "The Nat Gateway nat-1 was not found")
}

fn states(aws: &Injected) -> Vec<String> {
    aws.waits().into_iter().map(|(_, state)| state).collect()
}

#[tokio::test(start_paused = true)]
async fn a_nat_gateway_is_recorded_before_it_is_waited_for() {
    let aws = Injected::new().answers("ec2:CreateNatGateway", [made()]).answers(
        "ec2:DescribeNatGateways",
        [absent(), nat("pending"), nat("pending"), nat("available")],
    );
    NatGateway::create(&aws.cx(), &inputs()).await.unwrap();
    assert_eq!(aws.made(), [Id::from("nat-1")]);
    assert_eq!(states(&aws), ["not seen yet", "pending", "pending"]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_asked_for_again_by_the_same_token() {
    let aws = Injected::new()
        .answers("ec2:CreateNatGateway", [Answer::Lost, made()])
        .answers("ec2:DescribeNatGateways", [nat("available")]);
    NatGateway::create(&aws.cx(), &inputs()).await.unwrap();
    let sent = aws.sent("ec2:CreateNatGateway");
    assert_eq!(sent.len(), 2);
    assert!(sent.iter().all(|sent| sent.body.contains("ClientToken=injected-1")));
}

#[tokio::test(start_paused = true)]
async fn a_nat_gateway_that_failed_says_why_and_counts_as_gone() {
    let aws = Injected::new()
        .answers("ec2:CreateNatGateway", [made()])
        .answers("ec2:DescribeNatGateways", [nat("pending"), nat("failed"), nat("failed")]);
    let fault = NatGateway::create(&aws.cx(), &inputs()).await.unwrap_err();
    assert_eq!(
        (fault.kind, fault.code.as_deref()),
        (FaultKind::Refused, Some("Gateway.NotAttached"))
    );
    assert!(fault.advice.unwrap().contains("no internet gateway"));
    assert!(NatGateway::read(&aws.cx(), &existing()).await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_nat_gateway_half_made_is_waited_for_by_the_next_run() {
    let half = Held { outputs: None, finished: false, ..existing() };
    let aws = Injected::new()
        .answers("ec2:DescribeNatGateways", [nat("pending"), nat("available")])
        .answers("ec2:CreateTags", [done()]);
    NatGateway::update(&aws.cx(), &half, &inputs()).await.unwrap();

    let aws = Injected::new().answers("ec2:DescribeNatGateways", [nat("deleting")]);
    let fault = NatGateway::update(&aws.cx(), &half, &inputs()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Absent);
}

#[tokio::test(start_paused = true)]
async fn a_nat_gateway_is_gone_when_it_has_given_its_address_back() {
    let aws = Injected::new()
        .answers("ec2:DeleteNatGateway", [done()])
        .answers("ec2:DescribeNatGateways", [nat("available"), nat("deleting"), nat("deleted")]);
    NatGateway::delete(&aws.cx(), &existing()).await.unwrap();
    assert_eq!(states(&aws), ["available", "deleting"]);

    let aws = Injected::new().answers("ec2:DeleteNatGateway", [absent()]);
    NatGateway::delete(&aws.cx(), &existing()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_the_wait() {
    let aws = Injected::new()
        .answers("ec2:DeleteNatGateway", [done()])
        .always("ec2:DescribeNatGateways", nat("deleting"));
    let cx = aws.cx();
    let existing = existing();
    let delete = NatGateway::delete(&cx, &existing);
    let stop = async {
        tokio::time::sleep(std::time::Duration::from_secs(30)).await;
        aws.ask_to_stop();
    };
    let (deleted, ()) = futures::join!(delete, stop);
    assert_eq!(deleted.unwrap_err().kind, FaultKind::Stopped);
}

#[tokio::test(start_paused = true)]
async fn addresses_and_internet_gateways_wait_for_what_uses_them() {
    let in_use = refuse("InvalidIPAddress.InUse", "the address is in use");
    let aws = Injected::new().answers("ec2:ReleaseAddress", [in_use, done()]);
    let outputs =
        ElasticIpOutputs { id: "eipalloc-1".to_owned(), public_ip: "192.0.2.1".to_owned() };
    let address = held("eipalloc-1", ElasticIpInputs::default(), outputs);
    ElasticIp::delete(&aws.cx(), &address).await.unwrap();

    let aws = Injected::new()
        .answers("ec2:DetachInternetGateway", [held_by_others(), held_by_others(), done()])
        .answers("ec2:DeleteInternetGateway", [done()]);
    let inputs = InternetGatewayInputs { vpc: "vpc-1".into(), ..InternetGatewayInputs::default() };
    let gateway = held("igw-1", inputs, InternetGatewayOutputs { id: "igw-1".to_owned() });
    InternetGateway::delete(&aws.cx(), &gateway).await.unwrap();

    let detached = refuse("Gateway.NotAttached", "it is not attached");
    let aws = Injected::new()
        .answers("ec2:DetachInternetGateway", [detached])
        .answers("ec2:DeleteInternetGateway", [done()]);
    InternetGateway::delete(&aws.cx(), &gateway).await.unwrap();
}
