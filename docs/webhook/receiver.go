// Receives Upcall's webhooks with Go's standard library alone (1.19 or newer).
//
//	UPCALL_WEBHOOK_SECRETS=whsec_... PORT=8000 go run receiver.go
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	maxBodyBytes = 128 << 10 // an event of Upcall is smaller
	tolerance    = 5 * time.Minute
)

// Event is what is used of an event here; `data` has more, see the type UploadReceipt of oss-upcall/webhook.
type Event struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	Data struct {
		ID      string `json:"id"`
		Subject string `json:"subject"`
		Key     string `json:"key"`
		Name    string `json:"name"`
		Size    int64  `json:"size"`
	} `json:"data"`
}

// verify returns the event of a request. body: the bytes as they arrived.
func verify(header http.Header, body []byte, secrets []string, now time.Time) (Event, error) {
	var event Event
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseUint(timestamp, 10, 40)
	if id == "" || err != nil {
		return event, errors.New("webhook-id or webhook-timestamp is missing or malformed")
	}
	matches := false
	for _, secret := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil {
			return event, errors.New("a secret is not whsec_ and Base64")
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + timestamp + "."))
		mac.Write(body)
		expected := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		for _, signature := range strings.Split(header.Get("webhook-signature"), " ") {
			if hmac.Equal([]byte(signature), []byte(expected)) {
				matches = true
			}
		}
	}
	if !matches {
		return event, errors.New("no signature fits")
	}
	if age := now.Sub(time.Unix(int64(seconds), 0)); age > tolerance || age < -tolerance {
		return event, errors.New("signed too long ago, or in the future")
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return event, errors.New("the body is not the JSON of an event")
	}
	if event.ID != id {
		return event, errors.New("the body has another id than its header")
	}
	return event, nil
}

// Receiver keeps what it has handled in memory. In your application let the database decide: insert the event's id into
// a table where it is the primary key, in the same transaction as the effect.
type Receiver struct {
	secrets   []string
	mutex     sync.Mutex
	responses map[string][]byte
}

func (receiver *Receiver) handle(event Event) ([]byte, error) {
	receiver.mutex.Lock()
	defer receiver.mutex.Unlock()
	if response, known := receiver.responses[event.ID]; known {
		return response, nil
	}
	if event.Type == "com.oss-upcall.upload.stored" {
		log.Printf("effect: %q of %s is at %s", event.Data.Name, event.Data.Subject, event.Data.Key)
	}
	response, err := json.Marshal(map[string]string{"url": "/files/" + event.Data.ID})
	if err == nil {
		receiver.responses[event.ID] = response
	}
	return response, err
}

func (receiver *Receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if err != nil {
		http.Error(w, "the body is too long or broke off", http.StatusRequestEntityTooLarge)
		return
	}
	event, err := verify(r.Header, body, receiver.secrets, time.Now())
	if err != nil {
		log.Printf("refused: %v", err)
		http.Error(w, "not believed", http.StatusUnauthorized)
		return
	}
	response, err := receiver.handle(event)
	if err != nil {
		log.Printf("failed: %v", err)
		http.Error(w, "try again later", http.StatusInternalServerError)
		return
	}
	w.Header().Set("content-type", "application/json")
	w.Write(response)
}

func main() {
	secrets := strings.FieldsFunc(os.Getenv("UPCALL_WEBHOOK_SECRETS"), func(char rune) bool {
		return char == ',' || char == ' '
	})
	if len(secrets) == 0 {
		log.Fatal("UPCALL_WEBHOOK_SECRETS is missing")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		log.Fatal(err)
	}
	receiver := &Receiver{secrets: secrets, responses: map[string][]byte{}}
	server := &http.Server{Handler: receiver, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	log.Printf("listening on %d", listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(server.Serve(listener))
}
