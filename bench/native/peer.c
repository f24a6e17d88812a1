/* A libzmq peer for the benches across processes: the least that a C program does. Speaks lines with its parent, as lib/peer.js does:
   "at ENDPOINT" or "ready", then an answer for each line on stdin; ends with it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <zmq.h>

/* From here on both sides send from where the payload lies, as Monocoque does. */
enum { UNCOPIED = 64 * 1024, LARGEST = 1 << 20, MOST_TRIPS = 1 << 20 };

static char payload[LARGEST];
static double trips[MOST_TRIPS];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static double cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e9 + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e3;
}

static void check(int fine, const char *what) {
  if (fine) return;
  fprintf(stderr, "peer.c: %s: %s\n", what, zmq_strerror(zmq_errno()));
  exit(1);
}

static void kept(void *data, void *hint) { (void)data, (void)hint; }

static void send_one(void *socket, size_t size) {
  if (size < UNCOPIED) {
    check(zmq_send(socket, payload, size, 0) == (int)size, "send");
    return;
  }
  zmq_msg_t message;
  check(zmq_msg_init_data(&message, payload, size, kept, NULL) == 0, "message");
  check(zmq_msg_send(&message, socket, 0) == (int)size, "send");
}

static void receive_one(void *socket, zmq_msg_t *message, size_t size) {
  check(zmq_msg_recv(message, socket, 0) >= 0, "receive");
  check(zmq_msg_size(message) == size, "a message of another size");
}

static void send_all(void *socket, size_t size, long count) {
  for (long i = 0; i < count; i++) send_one(socket, size);
  printf("done\n");
}

static void receive_all(void *socket, size_t size, long count) {
  zmq_msg_t message;
  zmq_msg_init(&message);
  printf("armed\n");
  fflush(stdout);
  receive_one(socket, &message, size);
  double start = now();
  for (long i = 1; i < count; i++) receive_one(socket, &message, size);
  printf("done %.1f\n", (now() - start) / (count - 1));
  zmq_msg_close(&message);
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void ask_all(void *socket, size_t size, long count) {
  zmq_msg_t message;
  zmq_msg_init(&message);
  for (long i = 0; i < count && i < MOST_TRIPS; i++) {
    double start = now();
    send_one(socket, size);
    receive_one(socket, &message, size);
    trips[i] = now() - start;
  }
  zmq_msg_close(&message);
  qsort(trips, count, sizeof *trips, ascending);
  printf("done %.1f %.1f\n", trips[count / 2], trips[count * 99 / 100]);
}

static void echo_all(void *socket, size_t size, long count) {
  zmq_msg_t message;
  zmq_msg_init(&message);
  printf("armed\n");
  fflush(stdout);
  for (long i = 0; i < count; i++) {
    receive_one(socket, &message, size);
    check(zmq_msg_send(&message, socket, 0) >= 0, "send");
  }
  zmq_msg_close(&message);
  printf("done\n");
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  const char *role = argv[1];
  if (!strcmp(role, "version")) {
    int major, minor, patch;
    zmq_version(&major, &minor, &patch);
    printf("%d.%d.%d\n", major, minor, patch);
    return 0;
  }
  int sends = !strcmp(role, "send"), receives = !strcmp(role, "receive"), asks = !strcmp(role, "ask");
  void *context = zmq_ctx_new();
  void *socket = zmq_socket(context, sends ? ZMQ_PUSH : receives ? ZMQ_PULL : ZMQ_PAIR);
  check(socket != NULL, "socket");
  if (argc > 2) {
    check(zmq_connect(socket, argv[2]) == 0, "connect");
    printf("ready\n");
  } else {
    char endpoint[256];
    size_t length = sizeof endpoint;
    check(zmq_bind(socket, "tcp://127.0.0.1:*") == 0, "bind");
    check(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, endpoint, &length) == 0, "endpoint");
    printf("at %s\n", endpoint);
  }
  fflush(stdout);
  char line[64];
  while (fgets(line, sizeof line, stdin)) {
    size_t size;
    long count;
    if (sscanf(line, "go %zu %ld", &size, &count) == 2 && size <= LARGEST && count > 1) {
      (sends ? send_all : receives ? receive_all : asks ? ask_all : echo_all)(socket, size, count);
    } else {
      printf("cpu %.0f\n", cpu());
    }
    fflush(stdout);
  }
  /* Whatever still waits is nobody's. */
  exit(0);
}
