import { entries, type Lists } from './fill.ts'

/** What people at an architects' office write about, and at home. Sentences are templates; see `fill`. */
export const workLists: Lists = {
  project: entries(
    'the harbour library|the Linden school extension|the tram depot|the botanical greenhouse|Mill Lane housing|the concert hall|the hospital wing|the museum archive|the market hall roof|the riverside footbridge|the youth hostel|the crematorium chapel|the fire station|the observatory visitor centre|the old granary|the swimming hall|the ferry terminal|the kindergarten on Elm Street|the brewery courtyard|the signal box',
  ),
  part: entries(
    `the west facade|the roof garden|the stair core|the foyer|the loading dock|the reading room|the plant room|the lift shaft
    the north elevation|the parapet|the skylight|the retaining wall|the underground car park|the entrance canopy|the gallery
    the kitchen block|the ramp|the atrium|the ground slab|the cladding|the curtain wall|the drainage layer|the mezzanine
    the balustrade|the bicycle store|the courtyard|the fire lobby|the expansion joint|the cornice|the winter garden`,
  ),
  material: entries(
    `glulam beams|cross-laminated timber|larch boards|brick slips|zinc sheet|triple glazing|terrazzo|cork flooring|linoleum
    lime plaster|sheep's wool insulation|foam glass gravel|weathering steel|anodised aluminium|acoustic panels|slate shingles
    granite kerbs|oak veneer|bitumen membrane|polycarbonate sheets|clay tiles|mineral wool|galvanised brackets|rubber gaskets`,
  ),
  paper: entries(
    `the bill of quantities|the planning application|the fire safety concept|the cost estimate|the soil report|the tender
    the structural calculation|the room schedule|the site diary|the minutes|the snag list|the door schedule|the energy certificate
    the acoustic report|the building permit|the warranty papers|the insurance certificate|the phasing plan|the lighting concept
    the procurement programme|the handover protocol|the variation order|the method statement|the risk register`,
  ),
  firm: entries(
    `Hansen Holzbau|Nordlicht Elektrik|Brandt & Söhne|Weser Stahl|Glaserei Klinge|Aqua Haustechnik|Fjord Fassaden|Terrazzo Lorenz
    Kranverleih Otte|Dachwerk Nord|Malerbetrieb Pohl|Estrich Meyer|Gartenbau Ulmenhof|Vermessung Krüger|Aufzüge Sander`,
  ),
  trouble: entries(
    `a leak above the reading room|condensation on the inner pane|a crack along the joint|the wrong fixings|missing dowels
    a delay at customs|two pallets damaged in transit|an unexploded bomb survey|groundwater higher than expected
    a nesting pair of swifts|a missing signature|levels that differ by 40 mm|a clash with the ventilation duct|asbestos in the old screed
    noise complaints from the neighbours|frost on fresh concrete|a strike at the quarry|an error in the load table`,
  ),
  day: entries('Monday|Tuesday|Wednesday|Thursday|Friday|next week|the week after|the end of the month|tomorrow'),
  adjective: entries(
    'provisional|revised|careful|tight|generous|reasonable|unusual|elegant|expensive|final|detailed|honest|surprising|robust',
  ),
  town: entries(
    'Bremen|Oldenburg|Lübeck|Copenhagen|Rotterdam|Leeds|Porto|Trieste|Gdańsk|Antwerp|Malmö|Basel|Bergen|Lyon|Graz|Kassel',
  ),
}

export const workSubjects = entries(
  `{drawing}: {part}|Site meeting on {day}|Offer from {firm}|Question about {part}|{material} for {project}
  Comments on {paper}|Delay: {trouble}|Invoice {code}|Programme for {project}|Sample of {material}|{firm}: appointment
  Photographs of {part}|Who signs {paper}?|Budget of {project}|Handover of {part}|Revised {paper}|Snag list, {part}
  Trip to {town}|Lunch talk: {material}|Permit for {project}|Minutes of {day}|Mock-up of {part}|Change order {code}`,
)

export const workSentences = entries(
  `I went through {paper} again and found {trouble}.
  Could you send {drawing} in the current state? Ours is two revisions behind.
  {firm} offers {material} for {money}, delivered to site, plus {percent} for the scaffold.
  The client wants to see {part} before anything else is decided.
  We have {number} days of float left, and I would rather not spend them on {part}.
  Please check whether {part} still works if we move the column by {number} cm.
  I spoke to {firm}: they can start on {day} if {paper} is signed by then.
  The surveyor measured {part} and the levels do not agree with {drawing}.
  For {project} I suggest {material} instead; it is lighter and the budget allows it.
  There is {trouble}, so the crane has to stay until {day}.
  I attach what I have; the figures in {paper} are {adjective}, nothing more.
  Let us meet on site at {time} and look at {part} together.
  The inspector asked for {paper} in three copies, on paper, stamped.
  Nobody has ordered {material} yet. The lead time is {number} weeks.
  In {town} they solved this with {material}; I took photographs.
  My proposal: keep {part} as it is, and save the money for {part}.
  The {adjective} answer is that we do not know before the trial pit is dug.
  {firm} invoices {money} for work that I cannot find in the contract.
  Please do not forward this yet; the board decides on {day}.
  The number to call on site is {phone}.
  Reference {code}, in case they ask for it at the gate.
  The neighbours will get a letter about the noise, {number} households in all.
  Fire protection wants a second exit from {part}, which costs us {number} square metres.
  Good news: {paper} came back without a single remark.
  I had to correct {drawing}; the old one shows {trouble}.
  It rained into {part} over the weekend, see the pictures.
  Two tests of {material} failed, the third was fine. We should ask for a fourth.
  Tomasz calculated it again: {percent} reserve, which is {adjective}.
  For the minutes: {firm} agreed to replace {material} at their own cost.
  How sure are we that the {year} building has no cellar under {part}?
  The trust would pay for {part} if we finish before the season starts.
  I moved the review to {day} at {time}, the small room, with coffee.
  Please answer by {day}; otherwise the slot at the workshop is gone.
  The model is on the shelf beside the window, be careful with the roof.
  If {firm} insists, we take {material} from {town} and pay the lorry ourselves.
  Could somebody explain the difference of {money} between {paper} and the last report?`,
)

export const homeLists: Lists = {
  thing: entries(
    `the garden|the boat|the old piano|the bicycle trailer|the choir concert|the allotment|the apple harvest|the flat
    the summer house|Grandma's recipes|the tent|the sewing machine|the photo albums|the beehive|the leaking tap|the cat
    the birthday cake|the school play|the kayak|the train tickets|the marmalade|the bookshelf|the tomato plants`,
  ),
  place: entries(
    `Norderney|the Harz|Lisbon|Skagen|the lake|the market|Grandma's|the station|Vienna|the allotment|Rügen|Marseille|the theatre`,
  ),
  day: entries('Saturday|Sunday|Friday evening|the weekend|Easter|Christmas|next week|Thursday'),
  food: entries(
    'plum cake|lentil soup|dumplings|fish stew|pancakes|rhubarb crumble|potato salad|mushroom risotto|cinnamon buns|paella',
  ),
  feeling: entries('lovely|exhausting|funny|strange|wonderful|a bit sad|chaotic|quiet|long overdue'),
}

export const homeSubjects = entries(
  `{day}?|{thing}|Photos from {place}|Recipe: {food}|Train to {place}|Choir on {day}|A favour|News|Re-reading your letter
  Dinner on {day}|{thing}, again|Holiday in {place}|Do you still have my ladder?|Book club|Present for Mama`,
)

export const homeSentences = entries(
  `How are you? It was {feeling} to see you in {place}.
  Shall we meet on {day}? I could bring {food}.
  {thing} is finally done, you would not recognise it.
  I found the {food} recipe, it was in the blue folder all the time.
  We are thinking of {place} in August, two weeks, with the tent.
  Could you water the plants from {day} on? The key is where it always is.
  The rehearsal was {feeling}; the altos came in {number} bars early.
  Do you remember {place} in {year}? I saw the photographs yesterday.
  Please bring {thing} when you come, we promised it to the neighbours.
  The doctor says all is well, no need to worry.
  I will be at {place} around {time}, look for the red umbrella.
  There are {number} jars left, and nobody wants to hear the word marmalade any more.
  The trains were late again, so I walked, which was {feeling}.
  Read the new novel by the woman who wrote about lighthouses; it is {feeling}.
  Dad would have laughed about {thing}.
  The concert is on {day} at {time}, tickets at the door, choir members free.
  Thank you for {food}! Nothing is left, as you can imagine.
  My phone number is still {phone}.`,
)

export const listLists: Lists = {
  module: entries(
    'the joist solver|the span tables|the IFC importer|the snow-load module|the section editor|the DXF writer|the unit parser|the moisture model|the nightly build|the Eurocode tables|the plotter|the mesh cache',
  ),
  bug: entries(
    'an off-by-one in the last bay|a crash on empty layers|rounding of half millimetres|a race in the cache|wrong signs for uplift|quadratic time with many openings|a leak of file handles|a locale that writes commas|NaN for zero spans',
  ),
  version: entries('2.4.0|2.4.1|2.5.0-rc1|2.5.0|3.0-dev|main'),
}

export const listSubjects = entries(
  `[timber-dev] {bug} in {module}|[timber-dev] [PATCH] {module}: fix {bug}|[timber-dev] Release {version}
  [timber-dev] RFC: rewrite {module}|[timber-dev] Regression in {version}|[timber-dev] Documentation of {module}`,
)

export const listSentences = entries(
  `With {version} I see {bug}; bisecting points at {module}.
  The attached change fixes {bug} and adds a test that failed before.
  I would rather not touch {module} before {version} is out.
  Can you reproduce it with the example project? Mine has {number} storeys.
  The reference is EN 1995-1-1, table {number}; we read the column for service class {number}.
  Benchmarks: {percent} faster on the large model, no difference on the small one.
  +1 from me, but please keep the old name as an alias for one release.
  That would break everyone who scripts {module} through the command line.
  Nice catch. The same mistake is in {module}, line {number}.
  I pushed it to main; the build needs {number} minutes.`,
)
