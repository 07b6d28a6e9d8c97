import type { Language } from '../world.ts'
import { entries } from './fill.ts'

export interface Phrases {
  readonly hello: string
  readonly bye: string
  readonly subjects: readonly string[]
  readonly sentences: readonly string[]
  /** What a mail program writes above what it quotes. */
  readonly wrote: (date: string, name: string) => string
}

function phrases(hello: string, bye: string, subjects: string, sentences: string, wrote: Phrases['wrote']): Phrases {
  return { hello, bye, subjects: entries(subjects), sentences: entries(sentences), wrote }
}

const wroteInEnglish: Phrases['wrote'] = (date, name) => `On ${date}, ${name} wrote:`

/** What people write in other languages than English. */
export const languages: Readonly<Record<Exclude<Language, 'en'>, Phrases>> = {
  de: phrases(
    'Liebe Nora,',
    'Viele Grüße',
    'Termin auf der Baustelle|Rückfrage zum Angebot|Geänderter Grundriss|Mängelliste Treppenhaus|Einladung zum Richtfest|Geburtstag|Schlüsselübergabe|Frage zur Dämmung',
    `anbei die überarbeiteten Pläne; die Maße im Treppenhaus stimmen jetzt.|Können wir am {number}. telefonieren? Es geht um die Gewährleistung.
    Der Estrich braucht noch {number} Tage, vorher darf niemand hinein.|Die Prüfung des Brandschutzes hat zwei kleine Mängel ergeben.
    Das Angebot der Zimmerei liegt bei {money}, das ist über dem Kostenrahmen.|Oma lässt grüßen und fragt, ob du zu Weihnachten kommst.
    Bitte bestätige mir die Größe der Fenster, sonst verschiebt sich die Lieferung.|Heute früh stand Wasser in der Baugrube, die Pumpe läuft wieder.
    Die Straße wird ab Montag gesperrt, bitte über die Brücke fahren.|Wir haben Äpfel ohne Ende; bring Körbe mit!`,
    (date, name) => `Am ${date} schrieb ${name}:`,
  ),
  fr: phrases(
    'Bonjour Nora,',
    'Bien cordialement',
    'Réunion de chantier|Devis pour la charpente|Modification des plans|Façade côté marché|Question sur la livraison|Vacances d’été',
    `je vous envoie le compte rendu de la réunion de chantier.|Le devis a été révisé : {money} hors taxes, pose comprise.
    La mairie demande une étude d’impact avant la fin du mois.|Les ardoises ont été livrées ce matin, il en manque {number}.
    Pourriez-vous vérifier la côte du seuil ? Elle diffère de celle du plan.|Nous avons trouvé une solution élégante pour la verrière.
    Tu viens cet été ? La maison est libre dès le {number} juillet.|Le maître d’œuvre préfère le mélèze, plus résistant.`,
    (date, name) => `Le ${date}, ${name} a écrit :`,
  ),
  es: phrases(
    'Hola Nora:',
    'Un saludo',
    'Presupuesto de la pasarela|Visita de obra|Cambios en la barandilla|Licencia municipal|Fotografías del montaje',
    `te adjunto el presupuesto corregido, son {money} sin IVA.|El ayuntamiento pide otra firma antes de dar la licencia.
    ¿Podemos aplazar la visita una semana? Todavía no ha llegado el acero.|Los vecinos están contentos con el nuevo acceso al río.
    La barandilla se puede fabricar en {number} días.|Mañana hormigonamos los estribos si no llueve.`,
    (date, name) => `El ${date}, ${name} escribió:`,
  ),
  pt: phrases(
    'Olá Nora,',
    'Um abraço',
    'Orçamento da casa|Azulejos da cozinha|Reunião adiada|Fotografias da obra|Licença de construção',
    `envio em anexo o orçamento, com {percent} de desconto.|A construção atrasou por causa da chuva, peço desculpa.
    Gostava de ver uma amostra dos azulejos antes de decidir.|O telhado ficou pronto na sexta-feira, ficou lindíssimo.
    A câmara respondeu que não há objeções.|Amanhã falo com o engenheiro sobre as fundações.`,
    (date, name) => `Em ${date}, ${name} escreveu:`,
  ),
  it: phrases(
    'Ciao Nora,',
    'A presto',
    'Sopralluogo in valle|Preventivo per il tetto|Cena di sabato|Restauro della facciata|Permesso di costruire',
    `ti mando il preventivo aggiornato: {money}, IVA esclusa.|La facciata è più rovinata di quanto pensassimo.
    Il comune ha approvato il progetto, finalmente!|Possiamo spostare il sopralluogo alle {time}? Il treno è in ritardo.
    Le tegole vecchie si possono recuperare quasi tutte.|Sabato cuciniamo noi, porta solo il vino.`,
    (date, name) => `Il giorno ${date} ${name} ha scritto:`,
  ),
  pl: phrases(
    'Dzień dobry,',
    'Pozdrawiam serdecznie',
    'Oferta na okna|Termin montażu|Rysunki warsztatowe|Faktura za stolarkę',
    `przesyłam ofertę na okna dębowe, razem {number} sztuk.|Montaż możemy zacząć w przyszłym tygodniu, jeśli pogoda pozwoli.
    Proszę o potwierdzenie wymiarów ościeżnic.|Szyby przyjdą z opóźnieniem, przepraszamy za kłopot.|Próbka lakieru jest już gotowa.`,
    wroteInEnglish,
  ),
  tr: phrases(
    'Merhaba Nora Hanım,',
    'Saygılarımla',
    'Seramik numuneleri|Sevkiyat tarihi|Fiyat teklifi|Renk seçimi',
    `numuneleri bugün kargoya verdik, {number} gün içinde ulaşır.|Fiyat teklifimiz ektedir, ödeme koşulları aynıdır.
    Mavi sırlı karolar için fırın yeniden ayarlandı.|Gümrük işlemleri tamamlandı, gemi yarın kalkıyor.|Ölçüleri lütfen teyit eder misiniz?`,
    wroteInEnglish,
  ),
  el: phrases(
    'Καλημέρα Νόρα,',
    'Με εκτίμηση',
    'Προσφορά για μάρμαρο|Δείγματα πέτρας|Ημερομηνία παράδοσης',
    `σας στέλνω την προσφορά για το λευκό μάρμαρο, {number} πλάκες.|Η παράδοση στο λιμάνι θα γίνει την Τρίτη.
    Τα δείγματα έφυγαν χθες με κούριερ.|Μπορούμε να κόψουμε τις πλάκες σε μικρότερο πάχος.|Η τιμή περιλαμβάνει τη μεταφορά.`,
    wroteInEnglish,
  ),
  ru: phrases(
    'Здравствуйте, Нора!',
    'С уважением',
    'Перевод договора|Сроки перевода|Вопросы по терминам|Счёт за сентябрь',
    `перевод договора готов, осталось проверить приложения.|У меня есть вопросы по терминам на странице {number}.
    Смету переведу к пятнице, чертежи позже.|Прошу подтвердить написание фамилий.|Стоимость работы прежняя, срочность оплачивать не нужно.
    Библиотека прислала новые документы, их {number}.`,
    wroteInEnglish,
  ),
  uk: phrases(
    'Добрий день, Норо!',
    'З повагою',
    'Звіт з обстеження|Геодезична зйомка|Рахунок за роботи|Зразки ґрунту',
    `надсилаю звіт з обстеження старої комори.|Геодезична зйомка завершена, похибка менше {number} міліметрів.
    Ґрунт під фундаментом щільніший, ніж ми очікували.|Прошу підписати акт і повернути його поштою.|Фотографії їжаків з ділянки додаю для гарного настрою.`,
    wroteInEnglish,
  ),
  ja: phrases(
    'ノラ様',
    'よろしくお願いいたします。',
    '木材サンプルの発送|打ち合わせの日程|図面の修正について|見積書の送付|納期のご連絡',
    `お世話になっております。田中設計の田中です。|集成材のサンプルを本日発送いたしました。
    図面{number}ページの寸法をご確認ください。|次回の会議は来週の火曜日でいかがでしょうか。
    納期は約{number}週間の予定です。|屋根の勾配を少し変更したいと考えています。|見積書を添付いたしますので、ご査収ください。`,
    (date, name) => `${date} ${name} のメール:`,
  ),
  zh: phrases(
    '诺拉您好：',
    '此致敬礼',
    '玻璃报价单|发货通知|样品确认|会议纪要|付款安排',
    `附件是最新的玻璃报价单，请查收。|第一批货物已经装船，预计{number}天后到港。
    请确认幕墙玻璃的颜色和厚度。|会议改到星期四上午，请通知施工单位。|样品测试结果很好，符合欧洲标准。|合同已经盖章，原件用快递寄出。`,
    (date, name) => `在 ${date}，${name} 写道：`,
  ),
  ko: phrases(
    '노라 님께,',
    '감사합니다',
    '창호 견적서|샘플 발송 안내|회의 일정 변경|도면 검토',
    `안녕하세요, 한옥스튜디오 김서연입니다.|요청하신 창호 견적서를 보내드립니다.
    회의는 다음 주 수요일로 변경되었습니다.|목재 샘플은 {number}일 안에 도착할 예정입니다.|도면을 검토했고 몇 가지 질문이 있습니다.`,
    (date, name) => `${date}, ${name} 님이 작성:`,
  ),
  ar: phrases(
    'السيدة نورا المحترمة،',
    'مع خالص التحية',
    'عرض سعر الحجر|موعد الشحن|عينات الرخام|تأكيد الطلب',
    `نرسل لكم عرض السعر للحجر الجيري حسب الطلب.|سيتم شحن البضاعة خلال {number} يوما من الميناء.
    يرجى تأكيد المقاسات قبل بدء القص.|العينات جاهزة ويمكن إرسالها غدا.|نشكركم على ثقتكم ونتطلع إلى العمل معكم.`,
    (date, name) => `في ${date}، كتب ${name}:`,
  ),
  he: phrases(
    'שלום נורה,',
    'בברכה',
    'הצעת מחיר לתאורה|תאריך אספקה|דוגמאות של גופי תאורה|תוכנית חשמל',
    `מצורפת הצעת המחיר לתאורה של אולם הקריאה.|האספקה צפויה בעוד {number} ימים.
    נא לאשר את גובה המנורות מעל השולחנות.|שלחתי אתמול שתי דוגמאות בדואר שליחים.|התוכנית החדשה חוסכת הרבה חשמל.`,
    (date, name) => `בתאריך ${date} מאת ${name}:`,
  ),
  hi: phrases(
    'नमस्ते नोरा जी,',
    'सादर',
    'कालीन के नमूने|भुगतान की जानकारी|डिलीवरी की तारीख',
    `कालीन के नमूने आज भेज दिए गए हैं।|कृपया रंग और आकार की पुष्टि करें।
    सामान {number} दिनों में पहुँच जाएगा।|हमारे कारीगर इस डिज़ाइन से बहुत खुश हैं।|भुगतान मिल गया है, धन्यवाद।`,
    wroteInEnglish,
  ),
}
