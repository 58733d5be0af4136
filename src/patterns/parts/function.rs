//! A function with its role and its log group.

use std::collections::{BTreeMap, BTreeSet};

use super::supplied::Supplied;
use crate::aws::{
    self, EventInvokeConfig, EventInvokeConfigInputs, FunctionInputs, LogGroup, LogGroupInputs,
    Permission, PermissionInputs, Policy, Queue, Role, RoleInputs, Statement,
};
use crate::graph::{Address, Arn, Handle, Input, Resource, physical_name};
use crate::manifest::{Function, FunctionCode, Problem, Span, Spanned};
use crate::package::{Package, Wrong, missing_handler};
use crate::patterns::Cx;
use crate::patterns::wiring::{DatabaseUse, Way, Wire, wires};
use crate::text;

/// A function that was added.
#[derive(Clone, Debug)]
pub struct Lambda {
    /// The function.
    pub function: Handle<aws::Function>,
    /// Its role.
    pub role: Handle<Role>,
    /// The part that its own parts begin with: `echo` of `echo.function`; empty for `function`.
    pub label: String,
    /// Where events go that it fails at, for one that is invoked asynchronously.
    pub failing: Option<Handle<EventInvokeConfig>>,
    /// The longest that an invocation may take, in seconds, with the place that says so.
    pub timeout: Spanned<u32>,
}

impl Lambda {
    /// Its ARN as it is foretold, for policies.
    pub fn foretold(&self) -> Input<Arn> {
        self.function.arn().foretold()
    }

    /// The name of a part that belongs to it.
    pub fn part(&self, name: &str) -> String {
        part_of(&self.label, name)
    }
}

/// Variables that a database's functions have.
const DATABASE_VARIABLES: [&str; 6] = [
    "DATABASE_CLUSTER_ARN",
    "DATABASE_HOST",
    "DATABASE_NAME",
    "DATABASE_PORT",
    "DATABASE_SECRET_ARN",
    "DATABASE_USER",
];

fn part_of(label: &str, name: &str) -> String {
    if label.is_empty() { name.to_owned() } else { format!("{label}.{name}") }
}

/// What becomes of an event that an asynchronously invoked function fails at. Without it, Lambda
/// tries twice again and then drops the event ("How Lambda handles errors and retries with
/// asynchronous invocation" in the AWS Lambda Developer Guide).
#[derive(Clone, Debug)]
pub struct Failing {
    /// The queue that it goes to for good, which may be another instance's.
    pub queue: Handle<Queue>,
    /// How often it is tried again before, 0 to 2.
    pub retries: i32,
    /// Seconds after which it is given up, 60 to 21,600.
    pub max_age: i32,
}

impl Failing {
    /// To that queue, after as many tries as Lambda makes by itself.
    pub fn into(queue: Handle<Queue>) -> Self {
        Self { queue, retries: 2, max_age: 21_600 }
    }
}

/// A function to be added.
#[derive(Debug)]
pub struct NewFunction {
    label: String,
    function: Function,
    supplied: Option<Supplied>,
    policy: Policy,
    environment: BTreeMap<String, Input<String>>,
    database: Option<(Address, Way, Span)>,
    failing: Option<Failing>,
}

impl NewFunction {
    /// The function that the manifest describes; its parts begin with `label`.
    pub fn new(label: &str, function: Function) -> Self {
        Self {
            label: label.to_owned(),
            function,
            supplied: None,
            policy: Policy::new(),
            environment: BTreeMap::new(),
            database: None,
            failing: None,
        }
    }

    /// Gives it a database; `place` is what asks for that.
    #[must_use]
    pub fn with_database(mut self, database: &Address, way: Way, place: Span) -> Self {
        self.database = Some((database.clone(), way, place));
        self
    }

    /// The code to take where the manifest names none.
    #[must_use]
    pub fn or(mut self, supplied: Supplied) -> Self {
        self.supplied = Some(supplied);
        self
    }

    /// Sets a variable of its environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl Into<Input<String>>) -> Self {
        self.environment.insert(name.to_owned(), value.into());
        self
    }

    /// Sets a variable, where there is a value.
    #[must_use]
    pub fn maybe(self, name: &str, value: Option<impl Into<Input<String>>>) -> Self {
        match value {
            Some(value) => self.variable(name, value),
            None => self,
        }
    }

    /// Lets its role do something.
    #[must_use]
    pub fn may(mut self, sid: &str, statement: Statement) -> Self {
        self.policy.insert(sid, statement);
        self
    }

    /// Keeps the events that it fails at, when it is invoked asynchronously.
    #[must_use]
    pub fn failing(mut self, failing: Failing) -> Self {
        let send = Statement::allow(["sqs:SendMessage"]).on(failing.queue.arn().foretold());
        self.failing = Some(failing);
        self.may("Fail", send)
    }

    /// Adds log group, role and function, and `invoke-config` where events are kept.
    pub fn add(self, cx: &mut Cx<'_, '_>) -> Lambda {
        let Self { label, function, supplied, policy, environment, database, failing } = self;
        let package = package(cx, &function, supplied);
        let part = part_of(&label, "function");
        let role = role(cx, &label, &function, policy);
        let log_group = log_group(cx, &label, &part, &function);
        let mut own = environment;
        own.extend(identity(cx));
        let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        let inputs = FunctionInputs {
            role: role.arn().into(),
            code: package.as_ref().map(|package| package.digest.clone()).unwrap_or_default(),
            handler: function.handler,
            runtime: function.runtime.as_str().to_owned(),
            architecture: function.architecture.as_str().to_owned(),
            memory: number(function.memory_mb),
            timeout: number(*function.timeout_seconds),
            environment: own.clone(),
            log_group: log_group.name().into(),
            description: function.description.unwrap_or_default(),
            layers: wires::layers(cx.all, &function.layers),
            concurrency: function.concurrency.map(number),
            tracing: function.tracing,
            ..FunctionInputs::default()
        };
        let handle = cx.add::<aws::Function>(&part, inputs);
        if let FunctionCode::Given { path, .. } = &function.code {
            cx.origin(&handle, "", path);
        }
        for name in function.environment.keys() {
            cx.origin(&handle, "environment", name);
            cx.origin(&handle, &format!("environment.{}", name.get_ref()), name);
        }
        for layer in &function.layers {
            cx.origin(&handle, "layers", layer.span);
        }
        if package.is_some_and(|package| is_large(cx, &package)) {
            cx.all.large.push(handle.clone());
        }
        cx.export_part("functions", &part, handle.name());
        let mut taken: BTreeSet<String> = own.into_keys().collect();
        if let Some((database, way, place)) = database {
            taken.extend(DATABASE_VARIABLES.map(str::to_owned));
            let (function, role) = (handle.clone(), role.clone());
            cx.all.databases.push(DatabaseUse { function, role, database, way, place });
        }
        cx.all.wires.push(Wire {
            function: handle.clone(),
            role: role.clone(),
            taken,
            environment: function.environment,
            access: function.access,
        });
        let failing = failing.map(|failing| keep(cx, &label, &handle, &failing));
        Lambda { function: handle, role, label, failing, timeout: function.timeout_seconds }
    }
}

fn keep(
    cx: &mut Cx<'_, '_>,
    label: &str,
    function: &Handle<aws::Function>,
    failing: &Failing,
) -> Handle<EventInvokeConfig> {
    cx.add(
        &part_of(label, "invoke-config"),
        EventInvokeConfigInputs {
            function: function.name().into(),
            max_retries: failing.retries,
            max_age: failing.max_age,
            on_failure: Some(failing.queue.arn().into()),
            ..EventInvokeConfigInputs::default()
        },
    )
}

/// Variables that every function has.
fn identity(cx: &Cx<'_, '_>) -> [(String, Input<String>); 3] {
    let manifest = cx.all.manifest;
    [
        ("MAAS_PROJECT".to_owned(), manifest.project.name.as_str().into()),
        ("MAAS_ENVIRONMENT".to_owned(), manifest.environment.name.as_str().into()),
        ("MAAS_INSTANCE".to_owned(), cx.name().into()),
    ]
}

fn role(cx: &mut Cx<'_, '_>, label: &str, function: &Function, policy: Policy) -> Handle<Role> {
    let group: Handle<LogGroup> = Handle::at(cx.address(&part_of(label, "log-group")));
    let streams: Input<String> = text!(group.arn().foretold(), ":*");
    let logs = Statement::allow(["logs:CreateLogStream", "logs:PutLogEvents"]).on(streams);
    let mut policy = policy.with("Logs", logs);
    if function.tracing {
        let actions = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"];
        policy.insert("Tracing", Statement::allow(actions).on("*"));
    }
    let trust = Policy::trust("lambda.amazonaws.com");
    cx.add(&part_of(label, "role"), RoleInputs { trust, policy, ..RoleInputs::default() })
}

/// The log group has the name that Lambda would give it, so that nobody looks for it elsewhere.
fn log_group(
    cx: &mut Cx<'_, '_>,
    label: &str,
    function_part: &str,
    function: &Function,
) -> Handle<LogGroup> {
    let longest = aws::Function::NAME.map_or(64, |naming| naming.longest);
    let address = cx.address(function_part);
    let name = physical_name(&cx.graph().scope().stem(&address), 0, longest);
    let inputs = LogGroupInputs {
        name: format!("/aws/lambda/{name}").into(),
        retention_days: i32::try_from(function.log_retention_days).unwrap_or(i32::MAX),
        ..LogGroupInputs::default()
    };
    cx.add(&part_of(label, "log-group"), inputs)
}

fn package(
    cx: &mut Cx<'_, '_>,
    function: &Function,
    supplied: Option<Supplied>,
) -> Option<Package> {
    let FunctionCode::Given { path, build } = &function.code else {
        let made = cx.all.packages.embedded(supplied?.files());
        let defect = |error: crate::package::PackageError| {
            Problem::new(
                "maas::patterns::defect",
                format!("A pattern's own code is defective: {error}."),
            )
        };
        return cx.ok(made.map_err(defect));
    };
    let package = match cx.all.packages.add(path.get_ref().as_ref()) {
        Ok(package) => package,
        Err(_) if build.is_some() && !cx.all.packages.is_built() => return None,
        // The expansion tells it of all code at once.
        Err(error) if error.wrong == Wrong::Missing && cx.is_missing(path) => return None,
        Err(error) => {
            let message = "The code of a function cannot be packed.";
            let shown = error.path.display();
            let problem = Problem::at(path, "maas::patterns::code", message)
                .label(format!("`{shown}`: {}", error.reason()))
                .help(error.remedy());
            cx.problem(problem);
            return None;
        }
    };
    // A build may still have to make it, and a layer may bring it.
    if build.is_none() && function.layers.is_empty() {
        let runtime = function.runtime.as_str();
        if let Some(names) = missing_handler(&package, &function.handler, runtime) {
            let message = "The code does not hold its handler.";
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let problem = Problem::at(path, "maas::patterns::handler", message)
                .label(format!("there is no file for the handler `{}` in it", function.handler))
                .help(format!("For {runtime} it has to hold {}.", names.join(" or ")));
            cx.problem(problem);
        }
    }
    Some(package)
}

fn is_large(cx: &mut Cx<'_, '_>, package: &Package) -> bool {
    let unreadable = |text: String| {
        Problem::new("maas::patterns::code", "The code of a function cannot be packed.").help(text)
    };
    let large = cx.all.packages.needs_bucket(package).map_err(unreadable);
    cx.ok(large).unwrap_or_default()
}

const LONGEST_STATEMENT_ID: usize = 100;

/// Lets a service invoke a function on behalf of `source`. The account is for sources whose ARN
/// holds none.
pub fn allow_invoke(
    cx: &mut Cx<'_, '_>,
    lambda: &Lambda,
    part: &str,
    service: &str,
    source: impl Into<Input<String>>,
    account: Option<Input<String>>,
) -> Handle<Permission> {
    let statement_id = physical_name(&part.replace('.', "-"), 0, LONGEST_STATEMENT_ID);
    cx.add(
        part,
        PermissionInputs {
            function: lambda.function.name().into(),
            statement_id,
            principal: service.to_owned(),
            source_arn: Some(source.into()),
            source_account: account,
        },
    )
}
