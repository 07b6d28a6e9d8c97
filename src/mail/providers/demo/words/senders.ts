import type { Mailbox } from '../letter/build.ts'
import type { LabelTag } from '../world.ts'
import { entries } from './fill.ts'

/** Programs that write to people: who they are, and what they sell. */
export interface Publisher {
  readonly from: Mailbox
  readonly list: string
  readonly leave: 'one_click' | 'mailto' | 'http'
  readonly titles: readonly string[]
  readonly stories: readonly string[]
}

function publisher(
  name: string,
  domain: string,
  leave: Publisher['leave'],
  titles: string,
  stories: string,
): Publisher {
  return {
    from: { name, email: `news@${domain}` },
    list: `news.${domain}`,
    leave,
    titles: entries(titles),
    stories: entries(stories),
  }
}

export const publishers: readonly Publisher[] = [
  publisher(
    'The Joinery',
    'thejoinery.example',
    'one_click',
    'The Joinery #{number}: dovetails|The Joinery #{number}: what holds|The Joinery #{number}: slow glue',
    `A Finnish workshop revives the {year} dovetail plane|Why larch turns silver, and how to let it|Reader's question: {material} outdoors?
    The carpenter who builds only stairs|Museum of nails opens in {town}|Hide glue against epoxy: the test after ten years|How a boat builder sharpens`,
  ),
  publisher(
    'Nordlicht Museum',
    'nordlicht-museum.example',
    'mailto',
    'Exhibitions in {town}|Late opening on {day}|New at the museum: ships',
    `Whale bones in the great hall|A night with the curator of maps|Workshop: printing with seaweed|The {year} ferry returns as a model|Guided tour in sign language|Children's afternoon: knots`,
  ),
  publisher(
    'Velo Weekly',
    'veloweekly.example',
    'one_click',
    'Velo Weekly: gravel|Velo Weekly: {town} by bike|Velo Weekly: winter tyres',
    `Forty cargo bikes compared|The {number} best climbs near {town}|How to true a wheel in the kitchen|Dynamo lights, at last without flicker|What couriers carry in their bags|Train and bike: which railways help`,
  ),
  publisher(
    'Klima & Bau',
    'klimaundbau.example',
    'http',
    'Rundbrief {number}: Dämmstoffe|Rundbrief {number}: Förderung|Rundbrief {number}: Holzbau',
    `Förderung für Sanierungen läuft im Herbst aus|Lehmputz im Schulbau: fünf Jahre danach|Wärmepumpe im Altbau, ein Erfahrungsbericht|Neue Normen für den Schallschutz|Graue Energie richtig rechnen|Interview: Bauen mit Stroh`,
  ),
  publisher(
    'Pantry Letters',
    'pantryletters.example',
    'one_click',
    'Pantry Letters: quinces|Pantry Letters: bread in {number} hours|Pantry Letters: soup season',
    `What to do with {number} kilos of plums|Miso, slowly|The salt makers of {town}|A potato that tastes of chestnut|Pickled walnuts, once again|Cooking for twelve without panic|Rye starter: a diary`,
  ),
  publisher(
    'Open Timber Project',
    'opentimber.example',
    'mailto',
    'Monthly digest|Release notes|Call for papers: {town}',
    `Version 2.5 calculates notched beams|Summer school in {town}|How the snow-load map was made|Sponsors wanted for the test bench|Security release: update before {day}|Interview with a maintainer`,
  ),
  publisher(
    'Maison & Lumière',
    'maison-lumiere.example',
    'one_click',
    'Soldes d’été|Nouveautés du printemps|La lettre de la lumière n° {number}',
    `Des lampes soufflées à la main|Visite d’atelier à Lyon|Moins {percent} jusqu’à dimanche|L’art de l’ombre|Portrait : une céramiste de Vallauris`,
  ),
]

export interface Shop {
  readonly from: Mailbox
  readonly tag: LabelTag
  readonly subject: string
  readonly items: readonly string[]
}

function shop(name: string, email: string, tag: LabelTag, subject: string, items: string): Shop {
  return { from: { name, email }, tag, subject, items: entries(items) }
}

export const shops: readonly Shop[] = [
  shop(
    'Bookshop Humboldt',
    'orders@humboldt-books.example',
    'receipts',
    'Your order {code}',
    'The Lighthouse Keepers|A History of Bricks|Mushrooms of the North|Stairs, Ramps, Steps|Poems from Riga|The Bee Year|Atlas of Small Harbours',
  ),
  shop(
    'Nordbahn Tickets',
    'tickets@nordbahn.example',
    'travel',
    'Your ticket {code} to {town}',
    'Single to {town}, second class|Seat reservation, window|Bicycle|Return from {town}|Sleeper, two berths',
  ),
  shop(
    'Hotel Alte Werft',
    'reservations@alte-werft.example',
    'travel',
    'Booking confirmation {code}',
    'Double room, harbour side|Breakfast|Bicycle storage|City tax|Late check-out',
  ),
  shop(
    'Drahtwerk',
    'service@drahtwerk.example',
    'receipts',
    'Invoice {code} for your connection',
    'Fibre 250|Landline|Router rental|Credit note|Extra SIM card',
  ),
  shop(
    'Werkzeug Kontor',
    'shop@werkzeug-kontor.example',
    'receipts',
    'Order confirmation {code}',
    'Japanese pull saw|Marking gauge|Box of 200 screws|Linseed oil, 1 l|Folding rule, white|Sanding discs P180',
  ),
  shop(
    'Cinema Atlantis',
    'tickets@cinema-atlantis.example',
    'receipts',
    'Your tickets for {day}',
    'Row 7, seats 11 and 12|Popcorn, small|Gift voucher|Documentary night',
  ),
  shop(
    'Sprout Groceries',
    'hello@sprout-groceries.example',
    'receipts',
    'Delivery on {day} between {time} and 18:00',
    'Potatoes, 2 kg|Oat milk|Fennel|Sourdough|Lentils|Coffee beans|Lemons|Red cabbage',
  ),
]

export interface Service {
  readonly from: Mailbox
  readonly subject: string
  readonly text: string
}

const service = (name: string, email: string, subject: string, text: string): Service => ({
  from: { name, email },
  subject,
  text,
})

/** `{pin}` is a one-time code. */
export const services: readonly Service[] = [
  service(
    'Weserbank',
    'no-reply@weserbank.example',
    'Your security code',
    'Your code to confirm the transfer is {pin}.\n\nIt is good for 5 minutes. Weserbank never asks for it by phone or e-mail; do not pass it on to anybody.',
  ),
  service(
    'Postfach ID',
    'login@postfach-id.example',
    'Sign-in code {pin}',
    'Somebody asked for a sign-in code. Enter {pin} within 10 minutes.\n\nIf that was not you, ignore this message.',
  ),
  service(
    'Drahtwerk',
    'security@drahtwerk.example',
    'New sign-in from {town}',
    'Your account was used on a new device in {town}.\n\nIf that was you, nothing needs to be done.',
  ),
  service(
    'Parcel Post',
    'tracking@parcelpost.example',
    'Your parcel {code} arrives on {day}',
    'The parcel {code} is on its way and arrives on {day} around {time}.\n\nThe courier needs the delivery code {pin}.',
  ),
  service(
    'Planhub',
    'notifications@planhub.example',
    '[planhub] {drawing} has a new revision',
    'Leila Haddad uploaded revision {number} of {drawing}: {part}.\n\nhttps://planhub.example/d/{code}',
  ),
  service(
    'Planhub',
    'notifications@planhub.example',
    '[planhub] You were mentioned in {drawing}',
    'Tomasz Zieliński wrote: "{part} again: {trouble}. Nora, who decides?"\n\nhttps://planhub.example/d/{code}#comments',
  ),
  service(
    'Library Bremen',
    'service@library-bremen.example',
    'Due on {day}',
    'These items are due on {day}:\n\n- A History of Bricks\n- Poems from Riga\n\nYou can renew them twice.',
  ),
  service(
    'Weserbank',
    'no-reply@weserbank.example',
    'Your statement is ready',
    'The statement of your account ending in 4417 is in your mailbox at Weserbank. For your safety this message has no link.',
  ),
]

export const spamSubjects = entries(
  `You have won a {number} inch television|Re: your unpaid toll|Cheap pills without prescription|Final notice: storage full
  Invest {money} today|Lonely in {town}?|Your parcel could not be delivered|SEO offer for birchstone|Confirm your mailbox now`,
)
export const spamSentences = entries(
  `Dear customer, your reward of {money} expires today.|Click below and confirm your details within {number} hours.|No risk, guaranteed {percent} per month.
  This is not spam, you subscribed in {town}.|Our doctors recommend it, {number} people cannot be wrong.|Act now or your account will be closed.`,
)
