/** How people call where something happens: with `--local` it is not the cloud of that name. */
export function platformTitle(title: string, local: boolean): string {
  return local ? `${title} (local emulator)` : title;
}
