package uuid_test

import (
	"regexp"
	"testing"

	"acequia/localstack/cloud/internal/uuid"
)

func TestUUIDs(t *testing.T) {
	t.Parallel()
	if id := uuid.New(); !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(id) || id == uuid.New() {
		t.Errorf("%s is no random UUID", id)
	}
	if id := uuid.Of("a"); !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(id) ||
		id != uuid.Of("a") || id == uuid.Of("b") {
		t.Errorf("%s is not the UUID of a name", id)
	}
}
