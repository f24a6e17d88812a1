/* The header scan as a plain loop in C, to hold ours against. Reads a file of frames; for each line on stdin scans it for some 25 ms
   and prints nanoseconds a frame. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { CAPACITY = 8192, LIMIT = 64 * 1024 * 1024 };

static uint32_t table[2 * CAPACITY];
static uint8_t bytes[1 << 20];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

__attribute__((noinline)) static size_t scan(const uint8_t *b, size_t at, size_t to, uint64_t limit, size_t *stop) {
  size_t rows = 0;
  while (rows < CAPACITY && at + 2 <= to) {
    uint8_t flags = b[at];
    uint64_t length;
    size_t start;
    if (flags & ~3u) break;
    if (flags & 2) {
      uint64_t big;
      if (at + 9 > to) break;
      memcpy(&big, b + at + 1, 8);
      length = __builtin_bswap64(big);
      start = at + 9;
    } else {
      length = b[at + 1];
      start = at + 2;
    }
    if (length > limit || length > to - start) break;
    table[2 * rows] = (uint32_t)start;
    table[2 * rows + 1] = (uint32_t)(start + length) | (uint32_t)(flags & 1) << 31;
    rows++;
    at = start + length;
  }
  *stop = at;
  return rows;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  FILE *file = fopen(argv[1], "rb");
  if (!file) return 2;
  size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  char line[16];
  while (fgets(line, sizeof line, stdin)) {
    size_t frames = 0;
    double start = now(), elapsed;
    do {
      for (int i = 0; i < 20; i++) {
        for (size_t at = 0; at < size;) {
          size_t rows = scan(bytes, at, size, LIMIT, &at);
          if (rows == 0) return 3;
          frames += rows;
        }
      }
      elapsed = now() - start;
    } while (elapsed < 25e6);
    printf("%.4f\n", elapsed / frames);
    fflush(stdout);
  }
  return 0;
}
