// What every kernel is written with. Addresses and sizes are checked by the caller, static/src/kernels.ts.
// Blocks of memory may be read up to 16 bytes past their end: the caller keeps those.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <wasm_simd128.h>

typedef uint8_t u8;
typedef int16_t i16;
typedef int32_t i32;

#define EXPORT __attribute__((visibility("default"), used))

static inline i32 clamp(i32 value, i32 low, i32 high) {
  return value < low ? low : value > high ? high : value;
}
