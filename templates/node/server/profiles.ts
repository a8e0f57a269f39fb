/** What users may upload, and where it is stored. `npm run doctor` reads this file, too. */
export const profiles = {
  photos: { key: 'photos/{sub}/{id}.{ext}', types: ['image/*'], maxSize: 20_000_000 },
}
