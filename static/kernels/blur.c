// Gaussian blur as three box blurs (W3C Filter Effects, feGaussianBlur), in exact integer sums.
//
// Three running sums over boxes of d, d and e samples have the transfer function
// (1 - z^-d)^2 (1 - z^-e) / (1 - z^-1)^3: so take that third difference of the samples, which fits 16 bits,
// and add it up three times. Sums stay below 2^31, so nothing is lost.
#include "kernels.h"

// `reach`: how far the kernel reaches to either side. `inverse`: 1 / (d * d * e).
typedef struct {
  i32 d, e, reach, weight;
  float inverse;
} Boxes;

static Boxes boxes(i32 d) {
  i32 e = d % 2 ? d : d + 1;
  i32 weight = d * d * e;
  return (Boxes){d, e, (2 * d + e - 3) / 2, weight, 1.0f / (float)weight};
}

// The samples that a third difference needs, for odd and for even d.
enum { ODD_TAPS = 4, EVEN_TAPS = 6 };
typedef struct {
  const u8 *at[EVEN_TAPS];
} Taps;

static inline void delays(Boxes box, i32 *delay) {
  i32 d = box.d, e = box.e;
  i32 odd[ODD_TAPS] = {0, d, 2 * d, 3 * d};
  i32 even[EVEN_TAPS] = {0, d, 2 * d, e, d + e, 2 * d + e};
  for (int i = 0; i < EVEN_TAPS; i++) delay[i] = d % 2 ? odd[i % ODD_TAPS] : even[i];
}

// 8 bytes at `offset` of each tap, widened: the third difference of 8 channels.
static inline v128_t third_difference(const Taps *taps, size_t offset, int even) {
  v128_t x[EVEN_TAPS];
  for (int i = 0; i < (even ? EVEN_TAPS : ODD_TAPS); i++) x[i] = wasm_u16x8_load8x8(taps->at[i] + offset);
  if (!even) {
    v128_t inner = wasm_i16x8_sub(x[2], x[1]);
    v128_t thrice = wasm_i16x8_add(inner, wasm_i16x8_add(inner, inner));
    return wasm_i16x8_add(wasm_i16x8_sub(x[0], x[3]), thrice);
  }
  v128_t inner = wasm_i16x8_sub(x[4], x[1]);
  v128_t ends = wasm_i16x8_add(wasm_i16x8_sub(x[0], x[5]), wasm_i16x8_sub(x[2], x[3]));
  return wasm_i16x8_add(ends, wasm_i16x8_add(inner, inner));
}

typedef struct {
  v128_t first, second, third;
} Sums;

static inline void add_up(Sums *sums, v128_t difference) {
  sums->first = wasm_i32x4_add(sums->first, difference);
  sums->second = wasm_i32x4_add(sums->second, sums->first);
  sums->third = wasm_i32x4_add(sums->third, sums->second);
}

// The mean, rounded to nearest even, in the low byte of each lane: what adding 2^23 leaves in the mantissa.
static inline v128_t mean(v128_t sum, v128_t inverse) {
  return wasm_f32x4_add(wasm_f32x4_mul(wasm_f32x4_convert_i32x4(sum), inverse), wasm_f32x4_const_splat(8388608.f));
}

static inline v128_t low_bytes(v128_t one, v128_t two) {
  return wasm_i8x16_shuffle(one, two, 0, 4, 8, 12, 16, 20, 24, 28, 0, 4, 8, 12, 16, 20, 24, 28);
}

// All samples before the first are equal to it: then the differences are 0 and the sum is weight * sample.
static inline Sums steady(v128_t samples, i32 weight) {
  v128_t zero = wasm_i32x4_const_splat(0);
  return (Sums){zero, zero, wasm_i32x4_mul(samples, wasm_i32x4_splat(weight))};
}

static void start_columns(Sums *sums, const u8 *row, i32 groups, Boxes box) {
  for (i32 i = 0; i < groups; i++) {
    v128_t samples = wasm_u16x8_load8x8(row + (size_t)i * 8);
    sums[2 * i] = steady(wasm_u32x4_extend_low_u16x8(samples), box.weight);
    sums[2 * i + 1] = steady(wasm_u32x4_extend_high_u16x8(samples), box.weight);
  }
}

static inline void next_row(Sums *restrict sums, Taps taps, i32 groups, u8 *restrict out, Boxes box, int even) {
  v128_t inverse = wasm_f32x4_splat(box.inverse);
  for (i32 i = 0; i < groups; i++) {
    v128_t difference = third_difference(&taps, (size_t)i * 8, even);
    Sums low = sums[2 * i], high = sums[2 * i + 1];
    add_up(&low, wasm_i32x4_extend_low_i16x8(difference));
    add_up(&high, wasm_i32x4_extend_high_i16x8(difference));
    sums[2 * i] = low;
    sums[2 * i + 1] = high;
    v128_t bytes = low_bytes(mean(low.third, inverse), mean(high.third, inverse));
    wasm_v128_store64_lane(out + (size_t)i * 8, bytes, 0);
  }
}

// Blurs one row of RGBA pixels, which has its edge pixels repeated as far as the kernel reaches.
static inline void blur_row(const u8 *row, i32 width, u8 *restrict out, Boxes box, int even) {
  v128_t inverse = wasm_f32x4_splat(box.inverse);
  Sums sums = steady(wasm_u32x4_extend_low_u16x8(wasm_u16x8_load8x8(row)), box.weight);
  i32 delay[EVEN_TAPS];
  delays(box, delay);
  Taps taps;
  for (int i = 0; i < EVEN_TAPS; i++) taps.at[i] = row - (size_t)delay[i] * 4;
  for (i32 n = 1; n < box.reach; n++) {
    add_up(&sums, wasm_i32x4_extend_low_i16x8(third_difference(&taps, (size_t)n * 4, even)));
  }
  for (i32 x = 0; x < width; x++) {
    size_t offset = (size_t)(x + box.reach) * 4;
    add_up(&sums, wasm_i32x4_extend_low_i16x8(third_difference(&taps, offset, even)));
    v128_t pixel = mean(sums.third, inverse);
    wasm_v128_store32_lane(out + (size_t)x * 4, low_bytes(pixel, pixel), 0);
  }
}

static void repeat_edges(u8 *row, i32 width, i32 before, i32 after) {
  i32 *pixels = (i32 *)(void *)row;
  for (i32 i = 1; i <= before; i++) pixels[-i] = pixels[0];
  for (i32 i = 0; i < after; i++) pixels[width + i] = pixels[width - 1];
}

static i32 groups_of(i32 width) { return (width + 1) / 2; }
static i32 pixels_before(Boxes box) { return (2 * box.d + box.e + 3) & ~3; }

EXPORT i32 gaussian_blur_scratch(i32 width, i32 d) {
  Boxes box = boxes(d);
  i32 row = (pixels_before(box) + groups_of(width) * 2 + box.reach + 4) * 4;
  return groups_of(width) * 2 * (i32)sizeof(Sums) + row;
}

static inline void blur(const u8 *image, i32 width, i32 height, u8 *out, Boxes box, char *scratch, int even) {
  i32 groups = groups_of(width);
  size_t stride = (size_t)width * 4;
  Sums *sums = (Sums *)(void *)scratch;
  u8 *row = (u8 *)(sums + 2 * groups) + pixels_before(box) * 4;
  i32 delay[EVEN_TAPS];
  delays(box, delay);
  start_columns(sums, image, groups, box);
  for (i32 n = 1; n < height + box.reach; n++) {
    Taps taps;
    for (int i = 0; i < EVEN_TAPS; i++) {
      taps.at[i] = image + (size_t)clamp(n - delay[i], 0, height - 1) * stride;
    }
    next_row(sums, taps, groups, row, box, even);
    if (n < box.reach) continue;
    repeat_edges(row, width, pixels_before(box), box.reach);
    blur_row(row, width, out + (size_t)(n - box.reach) * stride, box, even);
  }
}

// Blurs RGBA pixels with boxes of d (2..203) samples; `image` and `out` must not overlap. The column sums
// are blurred along their row while they are in the cache, so no intermediate image is kept.
EXPORT void gaussian_blur(const u8 *image, i32 width, i32 height, u8 *out, i32 d, char *scratch) {
  if (d % 2) {
    blur(image, width, height, out, boxes(d), scratch, 0);
  } else {
    blur(image, width, height, out, boxes(d), scratch, 1);
  }
}
