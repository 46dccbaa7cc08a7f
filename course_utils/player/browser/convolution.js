/** A small window that slides over an image, as `ConvolutionalNetwork` of the engine has it. */

/**
 * The products of a kernel with the pixels below it, at a place, row by row.
 * @param {ArrayLike<number>} image  @param {number[]} size  rows and columns of the image
 * @param {ArrayLike<number>} kernel  @param {number} side  of the kernel  @param {number} place  among those where it fits
 * @returns {number[]}
 */
export function products(image, [, columns], kernel, side, place) {
  const across = columns - side + 1, row = Math.floor(place / across), column = place % across;
  return Array.from({ length: side * side }, (_, k) => {
    const [down, along] = [Math.floor(k / side), k % side];
    return image[(row + down) * columns + column + along] * kernel[k];
  });
}

/**
 * The sum of these at each place where the kernel fits: the map of the image.
 * @param {ArrayLike<number>} image  @param {number[]} size  @param {ArrayLike<number>} kernel  @param {number} side
 * @returns {number[]}
 */
export function mapOf(image, [rows, columns], kernel, side) {
  return Array.from({ length: (rows - side + 1) * (columns - side + 1) }, (_, place) =>
    products(image, [rows, columns], kernel, side, place).reduce((sum, v) => sum + v, 0));
}
