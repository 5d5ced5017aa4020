package queue_test

import (
	"testing"
	"time"

	"acequia/localstack/cloud/sqs/internal/queue"
)

// A task moves as many messages in a second as it is told, and those that die meanwhile not at all.
func TestMoveKeepsToItsRate(t *testing.T) {
	policy := `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":1}`
	inTime(t, map[string]string{"RedrivePolicy": policy, "VisibilityTimeout": "0"}, func(t *testing.T, s *queue.Store) {
		must(t, s.Ensure("dead", map[string]string{"RedrivePolicy": ""}))
		die := func(bodies ...string) {
			send(t, s, bodies...)
			receive(t, s, "chunks", 0)
			receive(t, s, "chunks", 0)
		}
		die("a", "b", "c", "d")
		_, err := s.StartMove(s.ARN("dead"), "", 2)
		must(t, err)
		die("late")
		time.Sleep(1100 * time.Millisecond)
		wantDepths(t, s, "chunks", queue.Depths{Visible: 2})
		time.Sleep(1500 * time.Millisecond)
		wantDepths(t, s, "chunks", queue.Depths{Visible: 4})
		wantDepths(t, s, "dead", queue.Depths{Visible: 1})
		tasks, err := s.Moves(s.ARN("dead"), 10)
		must(t, err)
		if len(tasks) != 1 || tasks[0].Status != queue.MoveCompleted || tasks[0].Moved != 4 {
			t.Errorf("tasks: %+v", tasks)
		}
	})
}

// Ten tasks are remembered; purging the queue takes none of them.
func TestMoveTasksAreRemembered(t *testing.T) {
	policy := `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":1}`
	inTime(t, map[string]string{"RedrivePolicy": policy}, func(t *testing.T, s *queue.Store) {
		must(t, s.Ensure("dead", nil))
		var last string
		for range 12 {
			task, err := s.StartMove(s.ARN("dead"), "", 0)
			must(t, err)
			last = task.ID
			time.Sleep(time.Second)
			must(t, s.Purge("dead"))
		}
		tasks, err := s.Moves(s.ARN("dead"), 20)
		must(t, err)
		if len(tasks) != 10 || tasks[0].ID != last || tasks[9].Started.After(tasks[8].Started) {
			t.Errorf("tasks: %+v", tasks)
		}
	})
}
