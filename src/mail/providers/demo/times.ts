import type { Dice } from './dice.ts'
import type { Zone } from './world.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs

export function zoneMinutesAt(zone: Zone, at: number): number {
  return zone.minutes + (zone.hasSummer && isEuropeanSummer(at) ? 60 : 0)
}

/** From the last Sunday of March to the last one of October, 01:00 UTC each. */
function isEuropeanSummer(at: number): boolean {
  const year = new Date(at).getUTCFullYear()
  return at >= lastSunday(year, 2) && at < lastSunday(year, 9)
}

function lastSunday(year: number, month: number): number {
  const lastDay = new Date(Date.UTC(year, month + 1, 0))
  return Date.UTC(year, month, lastDay.getUTCDate() - lastDay.getUTCDay(), 1)
}

/** The same day, or the Monday after, at a time when people of that zone work. */
export function atWork(at: number, zone: Zone, dice: Dice): number {
  const hour = 8 + (dice.next() + dice.next()) * 5
  const moved = setClock(at, zone, hour, dice)
  const weekday = new Date(moved).getUTCDay()
  const wait = weekday === 6 ? 2 : weekday === 0 ? 1 : 0
  return dice.chance(0.06) ? moved : moved + wait * dayMs
}

/** The same day, when people write for themselves: early, at lunch, in the evening. */
export function atLeisure(at: number, zone: Zone, dice: Dice): number {
  const hour = dice.chance(0.2) ? 7 : dice.chance(0.2) ? 12 : 18 + dice.next() * 4.5
  return setClock(at, zone, hour, dice)
}

/** Machines write at any time. */
export function atAnyTime(at: number, dice: Dice): number {
  return startOfSecond(at - (at % dayMs) + dice.next() * dayMs)
}

function setClock(at: number, zone: Zone, hour: number, dice: Dice): number {
  const offset = zoneMinutesAt(zone, at) * minuteMs
  const midnight = Math.floor((at + offset) / dayMs) * dayMs - offset
  return startOfSecond(midnight + hour * hourMs + dice.next() * 50 * minuteMs)
}

/** How long somebody took to answer: minutes to days, sometimes weeks. */
export function pause(dice: Dice): number {
  if (dice.chance(0.03)) return dice.between(10, 60) * dayMs
  return Math.floor(12 * minuteMs * Math.exp(dice.next() * 5.6))
}

/** The hour is one at which nobody works: then it is the next morning. */
export function awake(at: number, zone: Zone, dice: Dice): number {
  const local = at + zoneMinutesAt(zone, at) * minuteMs
  const hour = Math.floor((local % dayMs) / hourMs)
  return hour >= 7 && hour < 23
    ? startOfSecond(at)
    : startOfSecond(at + (hour < 7 ? 7 - hour : 31 - hour) * hourMs + dice.next() * hourMs)
}

function startOfSecond(at: number): number {
  return Math.floor(at / 1000) * 1000
}
