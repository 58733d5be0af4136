//! How calls are repeated, and when they are not.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use crate::aws::Cx;
use crate::aws::injected::{Answer, Injected, broken, done, json, refuse, xml};
use crate::graph::{Fault, FaultKind, Waited};

async fn create_function(cx: &Cx) -> Result<(), Fault> {
    cx.call("lambda:CreateFunction", || {
        let code = aws_sdk_lambda::types::FunctionCode::builder().build();
        cx.lambda().create_function().function_name("f").role("r").code(code).send()
    })
    .await
    .map(|_| ())
}

async fn create_api(cx: &Cx) -> Result<(), Fault> {
    cx.call("apigateway:CreateApi", || {
        cx.apigatewayv2()
            .create_api()
            .name("a")
            .protocol_type(aws_sdk_apigatewayv2::types::ProtocolType::Http)
            .send()
    })
    .await
    .map(|_| ())
}

fn pauses(aws: &Injected) -> Vec<u128> {
    aws.retries().iter().map(|retry| retry.pause.as_millis()).collect()
}

const TOO_FRESH: &str = "The role defined for the function cannot be assumed by Lambda.";

#[tokio::test(start_paused = true)]
async fn a_fresh_role_is_tried_again_densely_until_it_is_seen() {
    let fresh = || refuse("InvalidParameterValueException", TOO_FRESH);
    let aws = Injected::new().answers(
        "lambda:CreateFunction",
        [fresh(), fresh(), fresh(), fresh(), fresh(), json(json!({}))],
    );
    create_function(&aws.cx()).await.unwrap();
    assert_eq!(pauses(&aws), [250, 500, 1_000, 2_000, 2_000]);
    assert_eq!(aws.calls().len(), 6);
}

/// Others use the account's quota too.
#[tokio::test(start_paused = true)]
async fn what_aws_throttles_is_called_less_often() {
    let throttled = refuse("TooManyRequestsException", "Rate exceeded");
    let aws = Injected::paced()
        .answers("apigateway:CreateApi", [throttled])
        .always("apigateway:CreateApi", json(json!({"apiId": "a"})));
    create_api(&aws.cx()).await.unwrap();
    let started = Instant::now();
    for _ in 0..10 {
        create_api(&aws.cx()).await.unwrap();
    }
    let took = started.elapsed().as_secs_f64();
    assert!((1.3..2.1).contains(&took), "five a second and a little more: {took} s");
}

/// The time that a call waits for its turn here is not AWS's.
#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_its_turn_is_tried_as_often() {
    let aws = Injected::paced().always("firehose:CreateDeliveryStream", broken(500));
    let create = async || {
        let cx = aws.cx();
        let call = || cx.firehose().create_delivery_stream().delivery_stream_name("s").send();
        cx.call("firehose:CreateDeliveryStream", call).await.map(drop)
    };
    // At five a second each waits 20 s for its turn, and there is no answer for a minute at most.
    let calls: Vec<_> = (0..100).map(|_| create()).collect();
    let ended = futures::future::join_all(calls).await;
    assert!(ended.iter().all(Result::is_err));
    assert_eq!(aws.calls().len(), 100 * 5);
}

#[tokio::test(start_paused = true)]
async fn a_role_that_never_appears_is_given_up_after_two_minutes() {
    let aws = Injected::new()
        .always("lambda:CreateFunction", refuse("InvalidParameterValueException", TOO_FRESH));
    let started = Instant::now();
    let fault = create_function(&aws.cx()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotReady);
    assert_eq!(fault.code.as_deref(), Some("InvalidParameterValueException"));
    let took = started.elapsed().as_secs();
    assert!((120..125).contains(&took), "{took} s");
}

#[tokio::test(start_paused = true)]
async fn another_invalid_parameter_is_refused_at_once() {
    let aws = Injected::new().answers(
        "lambda:CreateFunction",
        [refuse("InvalidParameterValueException", "Handler is too long")],
    );
    let fault = create_function(&aws.cx()).await.unwrap_err();
    assert_eq!((fault.kind, fault.message.as_str()), (FaultKind::Refused, "Handler is too long"));
    assert_eq!(fault.operation, "lambda:CreateFunction");
}

#[tokio::test(start_paused = true)]
async fn throttling_backs_off_with_pauses_that_vary() {
    let slow_down = || refuse("TooManyRequestsException", "Rate exceeded");
    let aws = Injected::new()
        .answers("lambda:CreateFunction", [slow_down(), slow_down(), slow_down(), done()]);
    create_function(&aws.cx()).await.unwrap();
    for (pause, longest) in pauses(&aws).into_iter().zip([500, 1_000, 2_000]) {
        assert!((longest / 2..=longest).contains(&pause), "{pause} ms of {longest}");
    }
    assert_eq!(aws.retries().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn throttling_is_throttling_whatever_its_status() {
    let slow_down = Answer::Refusal(503, "SlowDown".to_owned(), "Reduce your rate".to_owned());
    let mut answers = vec![slow_down; 7];
    answers.push(json(json!({"apiId": "a"})));
    let aws = Injected::new().answers("apigateway:CreateApi", answers);
    create_api(&aws.cx()).await.unwrap();
    assert_eq!(aws.calls().len(), 8);
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_answer_was_lost_is_sent_again() {
    let aws = Injected::new()
        .answers("lambda:CreateFunction", [Answer::Lost, broken(503), json(json!({}))]);
    create_function(&aws.cx()).await.unwrap();
    assert_eq!(aws.calls().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_does_not_end_a_long_wait_for_something_else() {
    let fresh = || refuse("InvalidParameterValueException", TOO_FRESH);
    let long = (0..40).map(|_| fresh());
    let answers = long.chain([Answer::Lost, fresh(), broken(503), json(json!({}))]);
    let aws = Injected::new().answers("lambda:CreateFunction", answers);
    create_function(&aws.cx()).await.unwrap();
    assert_eq!(aws.calls().len(), 44);
}

#[tokio::test(start_paused = true)]
async fn no_answer_five_times_is_given_up() {
    let aws = Injected::new().always("lambda:CreateFunction", broken(500));
    let fault = create_function(&aws.cx()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unanswered);
    assert_eq!(aws.calls().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_create_that_would_make_a_second_one_is_sent_once() {
    for unanswered in [Answer::Lost, broken(500)] {
        let aws = Injected::new().answers("apigateway:CreateApi", [unanswered]);
        let fault = create_api(&aws.cx()).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unanswered);
        assert_eq!(aws.calls().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn even_that_one_is_sent_again_after_a_refusal_to_take_it() {
    let aws = Injected::new().answers(
        "apigateway:CreateApi",
        [refuse("TooManyRequestsException", "Rate exceeded"), json(json!({"apiId": "a"}))],
    );
    create_api(&aws.cx()).await.unwrap();
    assert_eq!(aws.calls().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_the_pause_between_attempts() {
    let aws = Injected::new()
        .always("lambda:CreateFunction", refuse("TooManyRequestsException", "Rate exceeded"));
    let cx = aws.cx();
    let stop = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        aws.ask_to_stop();
        Instant::now()
    };
    let (result, asked) = tokio::join!(create_function(&cx), stop);
    assert_eq!(result.unwrap_err().kind, FaultKind::Stopped);
    assert_eq!(asked.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_stop_lets_the_call_in_flight_end_and_starts_no_other() {
    let answer = Answer::Slow(Duration::from_secs(3), Box::new(json(json!({}))));
    let aws = Injected::new().answers("lambda:CreateFunction", [answer]);
    let cx = aws.cx();
    let (result, ()) = tokio::join!(create_function(&cx), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        aws.ask_to_stop();
    });
    result.unwrap();
    assert_eq!(create_function(&cx).await.unwrap_err().kind, FaultKind::Stopped);
    assert_eq!(aws.calls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_wait_looks_densely_first_and_gives_up_at_its_deadline() {
    let aws = Injected::new();
    let mut looks = Vec::new();
    let started = Instant::now();
    let fault = aws
        .cx()
        .wait("the thing", Duration::from_secs(1), Duration::from_secs(10), || {
            looks.push(started.elapsed().as_millis());
            async { Ok(Waited::<()>::Still("pending".to_owned())) }
        })
        .await
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotReady);
    assert!(fault.message.ends_with("it is still pending"), "{}", fault.message);
    assert_eq!(looks[..6], [0, 100, 300, 700, 1_500, 2_500]);
    assert_eq!(aws.waits()[0], ("the thing".to_owned(), "pending".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_over_within_seven_seconds_whatever_is_under_way() {
    let never = Duration::from_secs(100_000);
    let forever = Answer::Slow(never, Box::new(done()));
    let aws = Injected::paced()
        .always("lambda:CreateFunction", forever)
        .always("apigateway:CreateApi", refuse("TooManyRequestsException", "Rate exceeded"))
        .always("ec2:CreateTags", done());
    let cx = aws.cx();
    // Far more than the rate lets through before the stop.
    let queued = futures::future::join_all((0..300).map(|_| create_tags(&cx)));
    let waiting = cx.wait("the thing", never, never, || async {
        Ok(Waited::<()>::Still("pending".to_owned()))
    });
    let behind = async {
        let _held = cx.exclusive("f").await;
        create_function(&cx).await
    };
    let stop = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        aws.ask_to_stop();
        Instant::now()
    };
    let (queued, repeated, waited, first, second, asked) = tokio::join!(
        queued,
        create_api(&cx),
        waiting,
        // The second waits for the first, which waits for its answer.
        async {
            let _held = cx.exclusive("f").await;
            create_function(&cx).await
        },
        behind,
        stop
    );
    let took = asked.elapsed();
    assert!(took <= Duration::from_secs(7), "{took:?}");
    let stopped = queued.iter().filter(|result| result.is_err()).count();
    assert_eq!(stopped + aws.sent("ec2:CreateTags").len(), 300);
    assert!(stopped > 200, "{stopped} were queued");
    let ends = [repeated, waited, first, second].into_iter().chain(queued).filter_map(Result::err);
    assert!(ends.map(|fault| fault.kind).all(|kind| kind == FaultKind::Stopped));
    assert_eq!(aws.sent("lambda:CreateFunction").len(), 1);
}

async fn create_tags(cx: &Cx) -> Result<(), Fault> {
    cx.call("ec2:CreateTags", || cx.ec2().create_tags().resources("vpc-1").send()).await.map(|_| ())
}

#[tokio::test(start_paused = true)]
async fn the_first_call_is_repeated_like_every_other() {
    let identity = "<Account>123456789012</Account><UserId>u</UserId>";
    let aws = Injected::new().answers(
        "sts:GetCallerIdentity",
        [refuse("Throttling", "Rate exceeded"), Answer::Lost, broken(503), xml(identity)],
    );
    assert_eq!(crate::aws::account::of(&aws.cx()).await.unwrap(), "123456789012");
    assert_eq!(aws.calls().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_are_not_tried_again() {
    let aws = Injected::new().answers(
        "sts:GetCallerIdentity",
        [refuse("InvalidClientTokenId", "The security token included in the request is invalid.")],
    );
    let fault = crate::aws::account::of(&aws.cx()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Credentials);
    assert!(fault.advice.is_some_and(|advice| advice.contains("AWS_PROFILE")));
}

/// What is traced while this is done, at the finest level: of this program, or of all.
async fn traced<T>(targets: &str, work: impl Future<Output = T>) -> (T, String) {
    // What is of interest to a tracer is known to all threads, so there is one at a time.
    static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _alone = ALONE.lock().await;
    let (reader, writer) = std::io::pipe().unwrap();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(targets)
        .with_ansi(false)
        .with_writer(std::sync::Mutex::new(writer))
        .finish();
    let read = std::thread::spawn(|| std::io::read_to_string(reader).unwrap());
    let guard = tracing::subscriber::set_default(subscriber);
    // What other tests came by first may count as of no interest.
    tracing::callsite::rebuild_interest_cache();
    let done = work.await;
    drop(guard);
    (done, read.join().unwrap())
}

/// A create that is refused after a fault of AWS, and a read: what is traced of them.
async fn calls_traced() -> String {
    let known = || refuse("InvalidParameterValueException", "hunter2");
    let aws = Injected::new()
        .answers("lambda:CreateFunction", [broken(500), known()])
        .answers("lambda:GetFunction", [json(json!({"Configuration": {}}))]);
    let cx = aws.cx();
    let create = || {
        let code = aws_sdk_lambda::types::FunctionCode::builder().build();
        let secret = aws_sdk_lambda::types::Environment::builder().variables("KEY", "hunter2");
        let call = cx.lambda().create_function().function_name("f").role("r").code(code);
        call.environment(secret.build()).send()
    };
    let work = async {
        cx.call("lambda:CreateFunction", create).await.unwrap_err();
        cx.call("lambda:GetFunction", || cx.lambda().get_function().function_name("f").send())
            .await
            .unwrap();
    };
    traced("maas=trace", work).await.1
}

#[tokio::test(start_paused = true)]
async fn calls_are_traced_without_what_they_send() {
    // A place that traces is of no interest for a while where another test, which has no tracer,
    // comes by it first; so some tries may hear less.
    let mut said = String::new();
    for _ in 0..50 {
        said = calls_traced().await;
        if said.lines().count() >= 3 {
            break;
        }
    }
    let told: Vec<&str> = said.lines().filter(|line| line.contains("maas::aws::call")).collect();
    assert_eq!(told.len(), 3, "{said}");
    for (line, words) in told.iter().zip([
        ["lambda:CreateFunction", "attempt=1", "InternalFailure", "injected"],
        ["lambda:CreateFunction", "attempt=2", "InvalidParameterValueException", "injected"],
        ["lambda:GetFunction", "attempt=1", "answered", "ms="],
    ]) {
        words.iter().for_each(|word| assert!(line.contains(word), "no {word} in {line}"));
    }
    assert!(!said.contains("hunter2"), "{said}");
}

/// Why what the SDK traces is kept out of the log: with the request goes the secret.
#[tokio::test(start_paused = true)]
async fn the_sdk_traces_what_it_sends() {
    let aws = Injected::new().answers("lambda:CreateFunction", [done()]);
    let cx = aws.cx();
    let (made, said) = traced("trace", create_function(&cx)).await;
    made.unwrap();
    assert!(said.contains("x-amz-date") && said.contains("aws_"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_its_turn_tells_so() {
    let aws = Injected::paced().always("ec2:CreateTags", done());
    let cx = aws.cx();
    // Fifty at once, and five a second.
    futures::future::join_all((0..50).map(|_| create_tags(&cx))).await;
    assert_eq!(aws.waits(), []);
    futures::future::join_all((0..10).map(|_| create_tags(&cx))).await;
    let told = ("its turn to call ec2:CreateTags".to_owned(), QUOTA.to_owned());
    assert_eq!(aws.waits().iter().filter(|wait| **wait == told).count(), aws.waits().len());
    assert!(!aws.waits().is_empty());

    let before = aws.waits().len();
    let first = async {
        let _held = cx.exclusive("api/a1").await;
        tokio::time::sleep(Duration::from_millis(2_500)).await;
    };
    tokio::join!(first, async { drop(cx.exclusive("api/a1").await) });
    let told = ("its turn at api/a1".to_owned(), "another step changes it".to_owned());
    assert_eq!(aws.waits()[before..], [told.clone(), told]);
}

const QUOTA: &str = "the calls that AWS takes a second are used up";
