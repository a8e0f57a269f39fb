import { photos } from '@/photos'

export const GET = photos.fetch
