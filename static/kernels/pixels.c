// Kernels that turn a picture's pixels, as browsers hold them, into RGBA.
#include "kernels.h"

// Pixels of four bytes, in place: red and blue change places if `swaps`. Says whether every fourth byte is 255; where
// one is not, the fourth is an alpha that the colours may be multiplied by. `pixels` needs 12 bytes more than its own.
EXPORT i32 opaque_to_rgba(u8 *pixels, i32 count, i32 swaps) {
  v128_t all = wasm_i8x16_const_splat(-1);
  i32 whole = count & ~3, fourths = 255;
  for (i32 i = 0; i < count; i += 4) {
    v128_t given = wasm_v128_load(pixels + (size_t)i * 4);
    if (i < whole) all = wasm_v128_and(all, given);
    if (!swaps) continue;
    v128_t swapped = wasm_i8x16_shuffle(given, given, 2, 1, 0, 3, 6, 5, 4, 7, 10, 9, 8, 11, 14, 13, 12, 15);
    wasm_v128_store(pixels + (size_t)i * 4, swapped);
  }
  for (i32 i = whole; i < count; i++) fourths &= pixels[(size_t)i * 4 + 3];
  return fourths == 255 && wasm_i8x16_all_true(wasm_u8x16_ge(all, wasm_i32x4_const_splat((i32)0xff000000)));
}

// What Y, U and V become, in 1/64: Y * 257 * y_scale / 65536 + y_offset, and what U - 128 and V - 128 add to or take
// from it. The numbers of libyuv, which browsers convert with: the standards' factors * 64, rounded, at most 128.
typedef struct {
  i32 y_scale, y_offset, u_to_blue, u_to_green, v_to_green, v_to_red;
} Conversion;

// By the matrix (BT.601, BT.709), then by the range (limited, full).
static const Conversion CONVERSIONS[2][2] = {
    {{18997, -1160, 128, 25, 52, 102}, {16320, 32, 113, 22, 46, 90}},
    {{18997, -1160, 128, 14, 34, 115}, {16320, 32, 119, 12, 30, 101}},
};

// Eight values of 16 bits.
typedef struct {
  v128_t red, green, blue;
} Colors;

// What eight chroma samples add to their pixels' luma.
static inline Colors chroma(v128_t u, v128_t v, const Conversion *by) {
  u = wasm_i16x8_sub(u, wasm_i16x8_const_splat(128));
  v = wasm_i16x8_sub(v, wasm_i16x8_const_splat(128));
  v128_t green = wasm_i16x8_add(wasm_i16x8_mul(u, wasm_i16x8_splat((i16)by->u_to_green)),
                                wasm_i16x8_mul(v, wasm_i16x8_splat((i16)by->v_to_green)));
  return (Colors){wasm_i16x8_mul(v, wasm_i16x8_splat((i16)by->v_to_red)), wasm_i16x8_neg(green),
                  wasm_i16x8_mul(u, wasm_i16x8_splat((i16)by->u_to_blue))};
}

// Of eight luma samples, each given twice (as 16 bits: * 257).
static inline v128_t luma(v128_t twice, const Conversion *by) {
  v128_t scale = wasm_i16x8_splat((i16)by->y_scale);
  v128_t low = wasm_u32x4_extmul_low_u16x8(twice, scale), high = wasm_u32x4_extmul_high_u16x8(twice, scale);
  v128_t scaled = wasm_i16x8_shuffle(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
  return wasm_i16x8_add(scaled, wasm_i16x8_splat((i16)by->y_offset));
}

// Sixteen bytes: the sums of luma and chroma, each chroma sample for two pixels.
static inline v128_t channel(v128_t low, v128_t high, v128_t added) {
  v128_t first = wasm_i16x8_shuffle(added, added, 0, 0, 1, 1, 2, 2, 3, 3);
  v128_t second = wasm_i16x8_shuffle(added, added, 4, 4, 5, 5, 6, 6, 7, 7);
  return wasm_u8x16_narrow_i16x8(wasm_i16x8_shr(wasm_i16x8_add_sat(low, first), 6),
                                 wasm_i16x8_shr(wasm_i16x8_add_sat(high, second), 6));
}

#define INTERLEAVE_LOW(a, b) wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define INTERLEAVE_HIGH(a, b) wasm_i8x16_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define INTERLEAVE_PAIRS_LOW(a, b) wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define INTERLEAVE_PAIRS_HIGH(a, b) wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15)

static inline void store(u8 *out, v128_t red, v128_t green, v128_t blue) {
  v128_t alpha = wasm_i8x16_const_splat(-1);
  v128_t rg = INTERLEAVE_LOW(red, green), ba = INTERLEAVE_LOW(blue, alpha);
  wasm_v128_store(out, INTERLEAVE_PAIRS_LOW(rg, ba));
  wasm_v128_store(out + 16, INTERLEAVE_PAIRS_HIGH(rg, ba));
  rg = INTERLEAVE_HIGH(red, green), ba = INTERLEAVE_HIGH(blue, alpha);
  wasm_v128_store(out + 32, INTERLEAVE_PAIRS_LOW(rg, ba));
  wasm_v128_store(out + 48, INTERLEAVE_PAIRS_HIGH(rg, ba));
}

// Sixteen pixels of one row, from sixteen Y and eight U and V. With `step` 2, U and V take turns.
static inline void sixteen(const u8 *y, const u8 *u, const u8 *v, i32 step, u8 *out, const Conversion *by) {
  v128_t us = step == 2 ? wasm_v128_and(wasm_v128_load(u), wasm_i16x8_const_splat(255)) : wasm_u16x8_load8x8(u);
  v128_t vs = step == 2 ? wasm_u16x8_shr(wasm_v128_load(u), 8) : wasm_u16x8_load8x8(v);
  v128_t ys = wasm_v128_load(y);
  v128_t low = luma(INTERLEAVE_LOW(ys, ys), by), high = luma(INTERLEAVE_HIGH(ys, ys), by);
  Colors added = chroma(us, vs, by);
  store(out, channel(low, high, added.red), channel(low, high, added.green), channel(low, high, added.blue));
}

static inline void convert(const u8 *y, i32 stride, const u8 *u, const u8 *v, i32 uv_stride, i32 step, i32 width,
                           i32 height, u8 *out, const Conversion by) {
  for (i32 row = 0; row < height; row++, y += stride, out += (size_t)width * 4) {
    i32 x = 0;
    for (; x + 16 <= width; x += 16) sixteen(y + x, u + x / 2 * step, v + x / 2 * step, step, out + (size_t)x * 4, &by);
    u8 rest[64];
    if (x < width) {
      sixteen(y + x, u + x / 2 * step, v + x / 2 * step, step, rest, &by);
      __builtin_memcpy(out + (size_t)x * 4, rest, (size_t)(width - x) * 4);
    }
    if (row & 1) u += uv_stride, v += uv_stride;
  }
}

// Planes of Y, and of U and V at half the width and height (rounded up), into RGBA: each pixel takes the chroma sample
// that it lies in. The planes need 15 bytes more than their own.
EXPORT void i420_to_rgba(const u8 *y, i32 stride, const u8 *u, const u8 *v, i32 uv_stride, i32 width, i32 height,
                         u8 *out, i32 is_bt709, i32 is_full) {
  convert(y, stride, u, v, uv_stride, 1, width, height, out, CONVERSIONS[is_bt709][is_full]);
}

// As i420_to_rgba; U and V take turns in one plane.
EXPORT void nv12_to_rgba(const u8 *y, i32 stride, const u8 *uv, i32 uv_stride, i32 width, i32 height, u8 *out,
                         i32 is_bt709, i32 is_full) {
  convert(y, stride, uv, uv, uv_stride, 2, width, height, out, CONVERSIONS[is_bt709][is_full]);
}
