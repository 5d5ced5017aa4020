package cloud

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"acequia/localstack/cloud/events"
	"acequia/localstack/cloud/faults"
	"acequia/localstack/cloud/lambda"
	"acequia/localstack/cloud/s3"
	"acequia/localstack/cloud/sqs"
	"acequia/localstack/cloud/sts"
	"acequia/localstack/cloud/template"
)

// Config says what to open.
type Config struct {
	// Dir holds the state of all services, which survives the end of the process.
	Dir string
	// LogDir receives <function>.log.
	LogDir string
	// TemplatePath names the SAM template, and Parameters gives values to its parameters.
	TemplatePath string
	Parameters   map[string]string
	// FunctionBinary gives the path of a function's executable; by default it is bootstrap in the directory CodeUri,
	// which is relative to the template.
	FunctionBinary func(name, codeURI string) string
	// Env holds environment variables for every function; a function's own win over them.
	Env map[string]string
	// Listen is the address, host:port, where the caller will serve the [Cloud]: functions and queue URLs refer to it.
	Listen string
	// Region and StackName are us-east-1 and acequia by default.
	Region    string
	StackName string
	// MaxProcesses, IdleAfter and RetryDelays are as in [lambda.Options].
	MaxProcesses int
	IdleAfter    time.Duration
	RetryDelays  []time.Duration
	// Faults is a plan that is on from the start; nil for none. See [Cloud.StartFaults].
	Faults *faults.Plan
	Logger *slog.Logger
}

// accountID is the account of everything here.
const accountID = sts.Account

// Cloud is the local cloud: an http.Handler for all its services.
type Cloud struct {
	log    *slog.Logger
	s3     *s3.Server
	sqs    *sqs.Server
	lambda *lambda.Server
	events *events.Server
	faults faults.Injector
	// swap is for notifications that a fault reorders.
	swap swap
	// services are routed to by their names in the scope of a signature.
	services map[string]http.Handler
	// deployed holds the ARNs of the functions and queues that the template has.
	deployed map[string]bool

	// running ends the rules and the delivery of notifications, and rules counts them.
	running context.Context
	stop    context.CancelFunc
	rules   sync.WaitGroup
	door    door
	closing sync.Once
}

// Open opens the state, and makes what the template says over what is there already. The services answer from now on;
// nothing moves by itself before [Cloud.Start]. Another process must not have the same state open.
func Open(_ context.Context, cfg Config) (_ *Cloud, err error) {
	cfg.Logger = cmp.Or(cfg.Logger, slog.New(slog.DiscardHandler))
	cfg.Region = cmp.Or(cfg.Region, "us-east-1")
	endpoint, err := endpointOf(cfg.Listen)
	if err != nil {
		return nil, err
	}
	stack, err := template.Load(cfg.TemplatePath, template.Options{
		Parameters: cfg.Parameters, Region: cfg.Region, AccountID: accountID, StackName: cfg.StackName, Endpoint: endpoint,
	})
	if err != nil {
		return nil, err
	}
	c := &Cloud{log: cfg.Logger, deployed: map[string]bool{}}
	c.running, c.stop = context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close(context.Background()))
		}
	}()
	if err := c.open(cfg, endpoint); err != nil {
		return nil, err
	}
	if err := c.deploy(stack, cfg); err != nil {
		return nil, err
	}
	if cfg.Faults != nil {
		return c, c.StartFaults(*cfg.Faults)
	}
	return c, nil
}

// endpointOf gives the URL at which the functions reach the local cloud. A host that stands for all of the machine's
// addresses is none to call.
func endpointOf(listen string) (string, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", fmt.Errorf("the local cloud's address %q is not of the form host:port: %w", listen, err)
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port), nil
}

func (c *Cloud) open(cfg Config, endpoint string) (err error) {
	if c.sqs, err = sqs.Open(filepath.Join(cfg.Dir, "sqs"), sqs.Options{Region: cfg.Region, Logger: cfg.Logger, Faults: &c.faults}); err != nil {
		return err
	}
	c.lambda, err = lambda.Open(filepath.Join(cfg.Dir, "lambda"), lambda.Options{
		Region: cfg.Region, AccountID: accountID, Endpoint: endpoint, Environment: cfg.Env, LogDir: cfg.LogDir,
		MaxProcesses: cfg.MaxProcesses, IdleAfter: cfg.IdleAfter, RetryDelays: cfg.RetryDelays,
		Queues: queues{c.sqs}, Faults: &c.faults, Logger: cfg.Logger,
	})
	if err != nil {
		return err
	}
	c.s3, err = s3.Open(filepath.Join(cfg.Dir, "s3"), s3.Options{
		Region: cfg.Region, Deliver: c.deliverWithFaults, Logger: cfg.Logger,
	})
	if err != nil {
		return err
	}
	c.events = events.New(events.Options{
		Region: cfg.Region, AccountID: accountID, Invoke: c.invoke, Logger: cfg.Logger,
	})
	c.services = map[string]http.Handler{
		"s3": c.s3, "sqs": c.sqs, "lambda": c.lambda, "events": c.events, "sts": sts.Server{},
	}
	return nil
}

// Start delivers notifications, runs stored invocations, polls queues and fires rules, until [Cloud.Close]. Functions call
// the local cloud, so it must be served by now. It is called once.
func (c *Cloud) Start() {
	c.s3.Start(c.running)
	c.lambda.Start()
	c.rules.Go(func() { c.events.Run(c.running) })
	c.door.setReady()
}

// Close takes in nothing new from queues, rules and notifications, lets the functions that run finish until ctx ends, and
// closes the state. The caller serves the local cloud until Close returns, as functions need it to finish; requests that
// come later are answered with 503. A second Close does nothing.
func (c *Cloud) Close(ctx context.Context) (err error) {
	c.closing.Do(func() { err = c.close(ctx) })
	return err
}

func (c *Cloud) close(ctx context.Context) error {
	c.faults.Stop() // requests that stall would hold functions up
	c.stop()
	c.rules.Wait()
	var errs []error
	if c.lambda != nil {
		errs = append(errs, c.lambda.Close(ctx))
	}
	c.door.shut()
	if c.sqs != nil {
		errs = append(errs, c.sqs.Close()) // ends the requests that wait for a message
	}
	c.door.empty(ctx)
	if c.s3 != nil {
		errs = append(errs, c.s3.Close())
	}
	return errors.Join(errs...)
}
