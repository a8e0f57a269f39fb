/** The picture of an image file in its row. Loaded when the first such file is added. */

/** Shows the picture in `thumb`; a file that is no picture, whatever its name, changes nothing. */
export async function showPicture(thumb: HTMLElement, file: Blob): Promise<void> {
  const url = URL.createObjectURL(file)
  const image = new Image()
  image.alt = ''
  image.src = url
  await image
    .decode()
    .then(
      () => thumb.replaceChildren(image),
      () => {},
    )
    .finally(() => URL.revokeObjectURL(url))
}
