package sts_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"acequia/localstack/cloud/sts"
)

func connect(t *testing.T) *client.Client {
	t.Helper()
	server := httptest.NewServer(sts.Server{})
	t.Cleanup(server.Close)
	return client.New(client.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(server.URL),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

func TestCallerIsTheLocalUser(t *testing.T) {
	t.Parallel()
	who, err := connect(t).GetCallerIdentity(t.Context(), &client.GetCallerIdentityInput{})
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToString(who.Arn); got != "arn:aws:iam::000000000000:user/local" {
		t.Errorf("ARN = %q", got)
	}
	if got := aws.ToString(who.Account); got != "000000000000" {
		t.Errorf("account = %q", got)
	}
	if got := aws.ToString(who.UserId); got != sts.UserID {
		t.Errorf("user id = %q", got)
	}
}

func TestOtherCallsAreRefusedByName(t *testing.T) {
	t.Parallel()
	c := connect(t)
	_, assume := c.AssumeRole(t.Context(), &client.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::000000000000:role/load"), RoleSessionName: aws.String("test"),
	})
	_, session := c.GetSessionToken(t.Context(), &client.GetSessionTokenInput{})
	for name, err := range map[string]error{"AssumeRole": assume, "GetSessionToken": session} {
		var api smithy.APIError
		if !errors.As(err, &api) || api.ErrorCode() != "UnsupportedOperation" || !strings.Contains(api.ErrorMessage(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRequestsThatAreNoCall(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		"/":                   "<Code>MissingAction</Code>",
		"/?Action=MakeCoffee": "<Code>InvalidAction</Code><Message>Could not find operation MakeCoffee",
	} {
		w := httptest.NewRecorder()
		sts.Server{}.ServeHTTP(w, httptest.NewRequest(http.MethodPost, target, http.NoBody))
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s; want %s", target, w.Code, w.Body, want)
		}
	}
}
