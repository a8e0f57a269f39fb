/** What each application has already: its users, its database. Not counted. */

export interface User {
  id: string
}

export declare function findUser(request: Request): Promise<User | undefined>
/** Photos of a user; returns what the page shows. */
export declare function savePhoto(userId: string, url: string): Promise<{ url: string }>
