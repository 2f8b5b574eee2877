// Kernels that read an image or a mask at positions between its pixels.
#include "kernels.h"

// One tensor column: its two source pixels, as byte offsets in a row, and their weights of 0..32.
typedef struct {
  i32 left, right;
  i16 weights[8];
} Column;

// Positions are kept in 1/32 of a pixel, as OpenCV's warpPerspective does (INTER_BITS 5).
enum { FRACTIONS = 32 };

// Two neighbouring pixels and their weights; a pixel outside is the nearest one inside, weightless unless
// `replicate`.
typedef struct {
  i32 index[2];
  i32 weight[2];
} Neighbours;

static Neighbours neighbours(double position, i32 size, i32 replicate) {
  double fixed = __builtin_nearbyint(position * FRACTIONS);
  i32 units = (i32)fixed;
  i32 first = units >> 5, fraction = units & (FRACTIONS - 1);
  Neighbours found = {{first, first + 1}, {FRACTIONS - fraction, fraction}};
  for (int i = 0; i < 2; i++) {
    i32 inside = clamp(found.index[i], 0, size - 1);
    if (inside != found.index[i] && !replicate) found.weight[i] = 0;
    found.index[i] = inside;
  }
  return found;
}

EXPORT i32 image_to_tensor_scratch(i32 tensor_width) { return tensor_width * (i32)sizeof(Column); }

static void fill_columns(Column *columns, i32 count, double start, double step, i32 size, i32 replicate) {
  for (i32 x = 0; x < count; x++) {
    Neighbours at = neighbours(start + x * step, size, replicate);
    columns[x].left = at.index[0] * 4;
    columns[x].right = at.index[1] * 4;
    for (int i = 0; i < 8; i++) columns[x].weights[i] = (i16)at.weight[i / 4];
  }
}

static inline v128_t pixel_pair(const u8 *row, const Column *column) {
  v128_t pair = wasm_v128_load32_zero(row + column->left);
  pair = wasm_v128_load32_lane(row + column->right, pair, 1);
  return wasm_u16x8_extend_low_u8x16(pair);
}

static inline v128_t sample(const u8 *upper, const u8 *lower, v128_t above, v128_t below, const Column *column) {
  v128_t pair = wasm_i16x8_add(wasm_i16x8_mul(pixel_pair(upper, column), above),
                               wasm_i16x8_mul(pixel_pair(lower, column), below));
  v128_t weights = wasm_v128_load(column->weights);
  v128_t sum = wasm_i32x4_add(wasm_i32x4_extmul_low_i16x8(pair, weights),
                              wasm_i32x4_extmul_high_i16x8(pair, weights));
  v128_t half = wasm_i32x4_const_splat(FRACTIONS * FRACTIONS / 2);
  return wasm_i32x4_shr(wasm_i32x4_add(sum, half), 10);
}

// Samples an RGBA image at (x + i * x_step, y + j * y_step), rounds to 0..255, and writes
// value * scale + offset of red, green and blue. `tensor` needs 4 bytes more than its values.
EXPORT void image_to_tensor(const u8 *image, i32 width, i32 height, float *tensor, i32 tensor_width,
                            i32 tensor_height, double x, double x_step, double y, double y_step,
                            i32 replicate, float scale, float offset, Column *columns) {
  fill_columns(columns, tensor_width, x, x_step, width, replicate);
  v128_t scales = wasm_f32x4_splat(scale), offsets = wasm_f32x4_splat(offset);
  for (i32 j = 0; j < tensor_height; j++) {
    Neighbours rows = neighbours(y + j * y_step, height, replicate);
    const u8 *upper = image + (size_t)rows.index[0] * (size_t)width * 4;
    const u8 *lower = image + (size_t)rows.index[1] * (size_t)width * 4;
    v128_t above = wasm_i16x8_splat((i16)rows.weight[0]), below = wasm_i16x8_splat((i16)rows.weight[1]);
    for (i32 i = 0; i < tensor_width; i++, tensor += 3) {
      v128_t value = wasm_f32x4_convert_i32x4(sample(upper, lower, above, below, &columns[i]));
      wasm_v128_store(tensor, wasm_f32x4_add(wasm_f32x4_mul(value, scales), offsets));
    }
  }
}

// Where a row or a column of a resized mask lies between two of the source's.
typedef struct {
  i32 first, second;
  float fraction;
} Between;

// Pixel centres are aligned, as in OpenCV's resize with INTER_LINEAR.
static Between between(i32 index, double scale, i32 size) {
  float position = (float)((index + 0.5) * scale - 0.5);
  i32 first = (i32)__builtin_floorf(position);
  if (first < 0) return (Between){0, 0, 0};
  if (first >= size - 1) return (Between){size - 1, size - 1, 0};
  return (Between){first, first + 1, position - (float)first};
}

static i32 padded(i32 width) { return (width + 3) & ~3; }

EXPORT i32 resize_mask_scratch(i32 out_width) {
  return out_width * (i32)sizeof(Between) + padded(out_width) * 2 * (i32)sizeof(float);
}

static void stretch_row(const float *row, const Between *columns, i32 count, float *out) {
  for (i32 x = 0; x < count; x++) {
    float fraction = columns[x].fraction;
    out[x] = row[columns[x].first] * (1 - fraction) + row[columns[x].second] * fraction;
  }
}

static void mix_rows(const float *upper, const float *lower, float fraction, float *out, i32 count) {
  v128_t above = wasm_f32x4_splat(1 - fraction), below = wasm_f32x4_splat(fraction);
  for (i32 x = 0; x < count; x += 4) {
    v128_t one = wasm_f32x4_mul(wasm_v128_load(upper + x), above);
    wasm_v128_store(out + x, wasm_f32x4_add(one, wasm_f32x4_mul(wasm_v128_load(lower + x), below)));
  }
}

// Resizes bilinearly. `out` needs 12 bytes more than its values.
EXPORT void resize_mask(const float *mask, i32 width, i32 height, float *out, i32 out_width, i32 out_height,
                        char *scratch) {
  float *stretched[2] = {(float *)scratch, (float *)scratch + padded(out_width)};
  Between *columns = (Between *)(stretched[1] + padded(out_width));
  for (i32 x = 0; x < out_width; x++) columns[x] = between(x, (double)width / out_width, width);
  i32 held[2] = {-1, -1};
  for (i32 y = 0; y < out_height; y++, out += out_width) {
    Between rows = between(y, (double)height / out_height, height);
    i32 wanted[2] = {rows.first, rows.second};
    for (int i = 0; i < 2; i++) {
      int slot = wanted[i] & 1;  // neighbouring rows never share a slot
      if (held[slot] == wanted[i]) continue;
      stretch_row(mask + (size_t)wanted[i] * (size_t)width, columns, out_width, stretched[slot]);
      held[slot] = wanted[i];
    }
    mix_rows(stretched[rows.first & 1], stretched[rows.second & 1], rows.fraction, out, out_width);
  }
}
