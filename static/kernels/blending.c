// Kernels that work pixel by pixel.
#include "kernels.h"

// Weights of 4 pixels in 1/32768, at most 32767 (which leaves no difference of two bytes short), each four times: those of pixels 0 and 1 in `low`, of 2 and 3 in `high`.
typedef struct {
  v128_t low, high;
} Weights;

// pmax and pmin in this order of arguments take a mask that is not a number for 0.
static inline Weights weights(v128_t mask) {
  mask = wasm_f32x4_pmin(wasm_f32x4_const_splat(32767.f / 32768), wasm_f32x4_pmax(wasm_f32x4_const_splat(0), mask));
  v128_t units = wasm_f32x4_add(wasm_f32x4_mul(mask, wasm_f32x4_const_splat(32768)),
                                wasm_f32x4_const_splat(8388608.f));  // so the low half holds the rounded value
  return (Weights){wasm_i16x8_shuffle(units, units, 0, 0, 0, 0, 2, 2, 2, 2),
                   wasm_i16x8_shuffle(units, units, 4, 4, 4, 4, 6, 6, 6, 6)};
}

static inline v128_t mix(v128_t foreground, v128_t background, v128_t weight) {
  v128_t difference = wasm_i16x8_sub(foreground, background);
  return wasm_i16x8_add(background, wasm_i16x8_q15mulr_sat(difference, weight));
}

// mask * foreground + (1 - mask) * background of RGBA pixels. `out` needs 12 bytes more than its pixels.
EXPORT void blend(const u8 *foreground, const u8 *background, const float *mask, u8 *out, i32 pixels) {
  for (i32 i = 0; i < pixels; i += 4) {
    Weights at = weights(wasm_v128_load(mask + i));
    v128_t front = wasm_v128_load(foreground + (size_t)i * 4), back = wasm_v128_load(background + (size_t)i * 4);
    v128_t low = mix(wasm_u16x8_extend_low_u8x16(front), wasm_u16x8_extend_low_u8x16(back), at.low);
    v128_t high = mix(wasm_u16x8_extend_high_u8x16(front), wasm_u16x8_extend_high_u8x16(back), at.high);
    wasm_v128_store(out + (size_t)i * 4, wasm_u8x16_narrow_i16x8(low, high));
  }
}
